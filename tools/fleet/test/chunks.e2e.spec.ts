import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chunkAnswerSchema, type ChunkAnswer } from '@verbatim/protocol';
import { ledgerAudio, ledgerWords } from '@verbatim/recognizers';
import { createRandom, eventually } from '@verbatim/testing';
import { startFleet, type Fleet } from '../src/index.ts';

const KILLS = 10;
const CHUNKS = 60;
const MOST_FRAMES = 12;
const SEED = 15;

interface Chunk {
  readonly audio: Uint8Array;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** Posts a chunk; `undefined` when it has to be sent again. @throws Error when it never will be taken */
async function post(url: string, { audio, fields }: Chunk): Promise<ChunkAnswer | undefined> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  if (audio.length > 0) form.append('audio_chunk', new Blob([new Uint8Array(audio)]), 'chunk');
  const response = await fetch(`${url}/stt/stream-chunk`, { method: 'POST', body: form }).catch(() => undefined);
  if (response === undefined) return undefined;
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 200) return chunkAnswerSchema.parse(body);
  if (body === undefined || response.status >= 500) return undefined;
  throw new Error(`refused: ${response.status} ${JSON.stringify(body)}`);
}

function ledgerBytes(from: number, frames: number): Uint8Array {
  const samples = ledgerAudio({ from, frames });
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

describe('chunks over several gateways', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ gateways: 3, transcribers: 2, providers: 'local,ledger' });
  }, 60_000);
  afterAll(() => fleet.stop());

  const urlOf = (n: number): string => fleet.gateways[n % fleet.gateways.length]?.url ?? '';

  /** Sends a chunk to one gateway after the other until one has taken it. */
  const deliver = async (chunk: Chunk, firstTry: number): Promise<ChunkAnswer> => {
    let tries = firstTry;
    return eventually(
      async () => {
        tries += 1;
        const answer = await post(urlOf(tries), chunk);
        if (answer === undefined) throw new Error('not taken yet');
        return answer;
      },
      { timeoutMs: 20_000, everyMs: 50 },
    );
  };

  it(`lose and double nothing when gateways are killed ${KILLS} times, some chunks sent twice at once`, async () => {
    const random = createRandom(SEED);
    const first: Chunk = { audio: ledgerBytes(1, 3), fields: { provider: 'ledger', wait_ms: 0 } };
    const { session_id } = await deliver(first, 0);
    let [frames, kills] = [3, 0];
    let killing = Promise.resolve();
    const killOne = async (): Promise<void> => {
      kills += 1;
      await fleet.gateways[0]?.process.kill();
      await fleet.startGateway();
    };
    const texts: string[] = [];
    for (let index = 1; index <= CHUNKS; index += 1) {
      const count = random.integer(1, MOST_FRAMES);
      const fields = { session_id, chunk_index: index, wait_ms: random.integer(0, 200) };
      const chunk = { audio: ledgerBytes(frames + 1, count), fields };
      if (index % Math.floor(CHUNKS / KILLS) === 0) killing = killing.then(killOne);
      const [answer] = await Promise.all([
        deliver(chunk, index),
        ...(random.integer(0, 3) === 0 ? [deliver(chunk, index + 1)] : []),
      ]);
      if (answer.is_final) texts.push(answer.text);
      frames += count;
    }
    await killing;
    const end = { session_id, chunk_index: CHUNKS + 1, is_final_chunk: true };
    const last = await deliver({ audio: new Uint8Array(0), fields: end }, 0);
    expect(kills).toBe(KILLS);
    expect(last).toMatchObject({ is_final: true, transcript: ledgerWords(1, frames).join(' ') });
    if (last.text !== '') texts.push(last.text);
    expect(texts.join(' ')).toBe(last.transcript);
  }, 120_000);

  it.each(['speech.wav', 'speech.flac', 'speech.mp3', 'speech.opus.ogg', 'speech.vorbis.ogg', 'speech.webm'])(
    'bring the words of one piece: %s',
    async (name) => {
      const file = readFileSync(new URL(`../../../libs/audio/test/fixtures/${name}`, import.meta.url));
      const whole = await deliver({ audio: file, fields: { provider: 'local', is_final_chunk: true } }, 0);
      const count = 6;
      const cut = (n: number): number => Math.round((file.length * n) / count);
      let answer: ChunkAnswer | undefined;
      for (let index = 0; index < count; index += 1) {
        const session: Chunk['fields'] =
          answer === undefined ? { provider: 'local' } : { session_id: answer.session_id };
        const fields = { ...session, chunk_index: index, is_final_chunk: index === count - 1, wait_ms: 10_000 };
        const isLast = index === count - 1;
        answer = await deliver(
          { audio: file.subarray(cut(index), cut(index + 1)), fields: isLast ? fields : { ...fields, wait_ms: 0 } },
          index,
        );
      }
      expect(whole.transcript.split(' ').length).toBeGreaterThan(3);
      expect(answer).toMatchObject({ is_final: true, transcript: whole.transcript });
    },
    60_000,
  );
});
