import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLedgerRecognizer, type Recognition } from '@verbatim/recognizers';

/** What becomes of a request: an answer, an HTTP status, or nothing at all. */
export type ServerMood = 'answers' | 'hangs' | 401 | 429 | 503;

/** A server that speaks as OpenAI's does, with the ledger behind it. */
export interface LedgerServer {
  /** For STT_WHISPER_BASE_URL. */
  readonly url: string;
  mood: ServerMood;
  readonly requests: number;
  close(): Promise<void>;
}

const SAMPLE_RATE_HZ = 16_000;
const SCALE = 1 / 32_768;
/** The name of the chunk and its length stand in front of the samples. Units: bytes. */
const CHUNK_HEAD_BYTES = 8;

export async function startLedgerServer(): Promise<LedgerServer> {
  const ledger = createLedgerRecognizer({ kind: 'windowed' });
  const state: { mood: ServerMood; requests: number } = { mood: 'answers', requests: 0 };
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      state.requests += 1;
      const { mood } = state;
      if (mood === 'hangs') return;
      if (mood !== 'answers')
        return send(response, mood, { error: { message: 'as it was told', type: 'x', code: null } });
      send(response, 200, toVerboseJson(await ledger.decode({ samples: samplesOf(body), language: 'en' })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get mood() {
      return state.mood;
    },
    set mood(mood) {
      state.mood = mood;
    },
    get requests() {
      return state.requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** The WAV file lies somewhere in the form; its samples are all that matters. */
function samplesOf(form: Buffer): Float32Array {
  const head = form.indexOf('data', form.indexOf('WAVE'));
  const from = head + CHUNK_HEAD_BYTES;
  const bytes = form.readUInt32LE(head + 4);
  const samples = new Float32Array(bytes / 2);
  for (let index = 0; index < samples.length; index += 1) samples[index] = form.readInt16LE(from + 2 * index) * SCALE;
  return samples;
}

function toVerboseJson({ text, words = [] }: Recognition) {
  const spoken = words.map(({ word, startSample, endSample }) => ({
    ...{ word, start: startSample / SAMPLE_RATE_HZ, end: endSample / SAMPLE_RATE_HZ },
  }));
  return { task: 'transcribe', language: 'english', duration: 1, text, words: spoken, segments: [] };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
