import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriptionStream } from '@verbatim/client';
import { startFleet, type Fleet } from '../src/index.ts';

const FIXTURES = new URL('../../../libs/audio/test/fixtures/', import.meta.url);

/** Every packed format that is taken while it arrives; all of one recording. */
const FORMATS = [
  'speech.wav',
  'speech.ulaw.wav',
  'speech.alaw.wav',
  'speech.flac',
  'speech.mp3',
  'speech.opus.ogg',
  'speech.vorbis.ogg',
  'speech.webm',
  'speech.chromium.webm',
];

/** A size that divides no page, block or frame. */
const PIECE_BYTES = 997;
const CHUNKS = 4;

/** Letters only: whether it is a river bank or a riverbank is no error. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const fixture = (name: string): Promise<Buffer> => readFile(new URL(name, FIXTURES));

/** The samples behind a WAV file's 44 bytes of header. */
const rawSamples = async (): Promise<Buffer> => (await fixture('speech.wav')).subarray(44);

interface ChunkAnswer {
  readonly session_id: string;
  readonly is_final: boolean;
  readonly transcript: string;
}

async function postChunk(url: string, bytes: Buffer, fields: Readonly<Record<string, string>>): Promise<ChunkAnswer> {
  const form = new FormData();
  form.set('audio_chunk', new Blob([Uint8Array.from(bytes)]), 'speech');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(`${url}/stt/stream-chunk`, { method: 'POST', body: form });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body as ChunkAnswer;
}

describe('one recording, two gateways, two transcribers and the local recogniser', () => {
  let fleet: Fleet;
  let expected: string;

  const urlOf = (index: number): string => fleet.gateways[index % 2]?.url ?? '';

  async function streamed(bytes: Buffer, encoding: 'container' | 'pcm_s16le'): Promise<string> {
    const stream = await openTranscriptionStream({ urls: urlOf(0), config: { encoding, interim_results: false } });
    for (const piece of pieces(bytes, PIECE_BYTES)) await stream.sendAudio(piece);
    stream.end();
    for await (const message of stream) if (message.type === 'session_ended') return plain(message.text);
    throw new Error('the session ended without saying so');
  }

  /** The first chunk opens the session, each next one goes to the other replica. */
  async function uploaded(chunks: readonly Buffer[], fields: Readonly<Record<string, string>> = {}): Promise<string> {
    let answer: ChunkAnswer | undefined;
    for (const [index, chunk] of chunks.entries()) {
      answer = await postChunk(urlOf(index), chunk, {
        ...fields,
        ...(answer === undefined ? {} : { session_id: answer.session_id }),
        chunk_index: String(index),
        wait_ms: index === chunks.length - 1 ? '10000' : '0',
        is_final_chunk: String(index === chunks.length - 1),
      });
    }
    expect(answer?.is_final).toBe(true);
    return plain(answer?.transcript ?? '');
  }

  beforeAll(async () => {
    fleet = await startFleet({ gateways: 2, transcribers: 2, providers: 'local' });
    expected = await streamed(await rawSamples(), 'pcm_s16le');
    expect(expected).not.toBe('');
  }, 90_000);

  afterAll(() => fleet.stop());

  it.each(FORMATS)(
    'gives the same words for %s over a WebSocket',
    async (name) => {
      expect(await streamed(await fixture(name), 'container')).toBe(expected);
    },
    30_000,
  );

  it.each(FORMATS)(
    'gives the same words for %s as one upload',
    async (name) => {
      expect(await uploaded([await fixture(name)])).toBe(expected);
    },
    30_000,
  );

  it.each(FORMATS)(
    'gives the same words for %s cut into chunks that go to one replica after the other',
    async (name) => {
      const bytes = await fixture(name);
      expect(await uploaded(pieces(bytes, Math.ceil(bytes.length / CHUNKS)))).toBe(expected);
    },
    30_000,
  );

  it('gives the same words for raw samples in chunks', async () => {
    const bytes = await rawSamples();
    const fields = { encoding: 'pcm_s16le', sample_rate: '16000' };
    expect(await uploaded(pieces(bytes, Math.ceil(bytes.length / CHUNKS)), fields)).toBe(expected);
  }, 30_000);
});
