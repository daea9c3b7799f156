import { chunkAnswerSchema, httpErrorBodySchema, type ChunkAnswer, type HttpErrorBody } from '@verbatim/protocol';

export interface ChunkToSend {
  readonly audio?: Uint8Array;
  /** Default `chunk.wav`: a name means nothing. */
  readonly filename?: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** Posts one chunk, and says what came back whatever it was. */
export async function postChunk(url: string, { audio, filename = 'chunk.wav', fields = {} }: ChunkToSend) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  if (audio !== undefined) form.append('audio_chunk', new Blob([new Uint8Array(audio)]), filename);
  const response = await fetch(`${url}/stt/stream-chunk`, { method: 'POST', body: form });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Posts one chunk that must be taken. */
export async function sendChunk(url: string, chunk: ChunkToSend): Promise<ChunkAnswer> {
  const { status, body } = await postChunk(url, chunk);
  if (status !== 200) throw new Error(`expected an answer, got ${status} ${JSON.stringify(body)}`);
  return chunkAnswerSchema.parse(body);
}

/** Posts one chunk that must be refused. */
export async function refusedChunk(
  url: string,
  chunk: ChunkToSend,
): Promise<HttpErrorBody & { readonly status: number; readonly retryAfter: string | null }> {
  const { status, headers, body } = await postChunk(url, chunk);
  if (status === 200) throw new Error(`expected a refusal, got ${JSON.stringify(body)}`);
  return { ...httpErrorBodySchema.parse(body), status, retryAfter: headers.get('retry-after') };
}

/** Frames of 100 ms at 16 kHz: the first sample of each says which one it is. */
export function frames(from: number, to: number): Buffer {
  const pcm = Buffer.alloc((to - from + 1) * 3200);
  for (let n = from; n <= to; n += 1) pcm.writeInt16LE(n, (n - from) * 3200);
  return pcm;
}
