import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
import type { AudioChunk, MediaFormat } from '@verbatim/audio';
import { createDecoderPool, type DecoderPoolOptions } from '../src/decoding/create-decoder-pool.ts';
import type { DecodedPiece, DecoderPool, Decoding } from '../src/decoding/decoder-pool.ts';
import { fixture, piecesOf } from './support/fixtures.ts';
import { largestDifference } from './support/stored-audio.ts';

const CONTAINER: MediaFormat = { encoding: 'container', sampleRateHz: 16_000, channels: 1 };
const HOSTILE_WORKER = new URL('../dist/test/hostile-decoder-worker.js', import.meta.url);
const HOUR = { longestSeconds: 3600 };
/** Shorter than the product's, so that the tests are; a step of the fixtures takes a few milliseconds. */
const SOON = { stepMs: 300, watchMs: 20 };

/** How far a decoder that begins anew may differ from one that went on. Units: of a 16-bit sample. */
const TOLERANCES: Readonly<Record<string, number>> = {
  'speech.wav': 0,
  'speech.flac': 0,
  'speech.mp3': 1,
  'speech.vorbis.ogg': 1,
  'speech.opus.ogg': 150,
};

let pools: DecoderPool[] = [];

function openPool(options: Partial<DecoderPoolOptions> = {}): DecoderPool {
  const pool = createDecoderPool({ workers: 1, limits: SOON, workerUrl: HOSTILE_WORKER, ...options });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  pools = [];
});

async function decodeAll(decoding: Decoding, pieces: readonly Uint8Array[]): Promise<DecodedPiece> {
  const chunks: AudioChunk[] = [];
  for (const piece of pieces) chunks.push(...(await decoding.accept(piece)).chunks);
  const last = await decoding.end();
  return { chunks: [...chunks, ...last.chunks], header: last.header };
}

function pcmOf(chunks: readonly AudioChunk[]): Buffer {
  return Buffer.concat(chunks.map(({ pcm }) => pcm));
}

/** What a worker gives that nobody disturbs. */
async function undisturbed(name: string): Promise<Buffer> {
  const pool = openPool({ workers: 1 });
  return pcmOf((await decodeAll(pool.open(CONTAINER, HOUR), [fixture(name)])).chunks);
}

const failure = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: Error) => error);

describe('decoders in workers', () => {
  it.each(['speech.wav', 'speech.flac', 'speech.mp3', 'speech.opus.ogg', 'speech.vorbis.ogg', 'speech.webm'])(
    'decode %s to whole chunks and one shorter last one, however it is cut',
    async (name) => {
      const pool = openPool({ workers: 2 });
      const [whole, cut] = await Promise.all([
        decodeAll(pool.open(CONTAINER, HOUR), [fixture(name)]),
        decodeAll(pool.open(CONTAINER, HOUR), piecesOf(fixture(name), 333)),
      ]);
      expect(pcmOf(cut.chunks).equals(pcmOf(whole.chunks))).toBe(true);
      expect(whole.chunks.slice(0, -1).every(({ pcm }) => pcm.length === 3200)).toBe(true);
      expect(whole.chunks.at(-1)?.endSample).toBeGreaterThan(40_000);
      expect(whole.header.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['loops for ever', 'LOOP_FOR_EVER', /takes too long to decode/],
    ['eats memory outside of every heap', 'EAT_MEMORY', /takes too much memory|takes too long|breaks its decoder/],
    ['eats the heap', 'EAT_HEAP', /breaks its decoder|takes too long/],
    ['ends its thread', 'END_THE_THREAD', /breaks its decoder/],
  ])(
    'let neighbours notice nothing of a file whose codec %s',
    async (_what, deed, sentence) => {
      const names = Object.keys(TOLERANCES);
      const expected = await Promise.all(names.map(undisturbed));
      const losses: string[] = [];
      const pool = openPool({ onWorkerLost: (reason) => losses.push(reason) });
      const neighbours = names.map(() => pool.open(CONTAINER, HOUR));
      const halves = await Promise.all(
        neighbours.map(async (neighbour, index) => {
          const pieces = piecesOf(fixture(names[index] ?? ''), 700);
          const half = Math.floor(pieces.length / 2);
          const chunks: AudioChunk[] = [];
          for (const piece of pieces.slice(0, half)) chunks.push(...(await neighbour.accept(piece)).chunks);
          return { chunks, rest: pieces.slice(half) };
        }),
      );
      const evil = pool.open(CONTAINER, HOUR);
      const ending = failure(evil.accept(Buffer.concat([fixture('speech.wav').subarray(0, 4096), Buffer.from(deed)])));
      const ends = await Promise.all(
        neighbours.map((neighbour, index) => decodeAll(neighbour, halves[index]?.rest ?? [])),
      );
      expect(await ending).toMatchObject({ code: 'audio_undecodable', message: expect.stringMatching(sentence) });
      expect(losses.length).toBeGreaterThanOrEqual(2);
      names.forEach((name, index) => {
        const got = pcmOf([...(halves[index]?.chunks ?? []), ...(ends[index]?.chunks ?? [])]);
        const difference = largestDifference(got, expected[index] ?? Buffer.alloc(0));
        expect([name, difference <= (TOLERANCES[name] ?? 0) ? 'as undisturbed' : difference]).toEqual([
          name,
          'as undisturbed',
        ]);
      });
      expect(await failure(evil.accept(Buffer.alloc(1)))).toMatchObject({ code: 'audio_undecodable' });
    },
    60_000,
  );

  it('end one stream and no other for a codec that throws', async () => {
    const pool = openPool();
    const [evil, neighbour] = [pool.open(CONTAINER, HOUR), pool.open(CONTAINER, HOUR)];
    expect(await failure(evil.accept(Buffer.from('RIFF....WAVE THROW_AN_ERROR')))).toMatchObject({
      code: 'audio_undecodable',
    });
    const { chunks } = await decodeAll(neighbour, [fixture('speech.wav')]);
    expect(chunks.length).toBeGreaterThan(20);
  });

  it('go on in another pool from the last chunk, the header and the bytes behind its restart point', async () => {
    const bytes = fixture('speech.flac');
    const before = openPool().open(CONTAINER, HOUR);
    const first = await before.accept(bytes.subarray(0, 30_000));
    const last = first.chunks.at(-1);
    if (last === undefined) throw new Error('no chunk came');
    const start = { ...last, sample: last.endSample, header: first.header };
    const after = openPool().open(CONTAINER, { ...HOUR, start });
    const rest = await decodeAll(after, [bytes.subarray(last.clientBytes)]);
    const whole = await undisturbed('speech.flac');
    expect(pcmOf([...first.chunks, ...rest.chunks]).equals(whole)).toBe(true);
  });

  it('answer calls in their order and refuse those after a close', async () => {
    const pool = openPool();
    const decoding = pool.open(CONTAINER, HOUR);
    const bytes = fixture('speech.wav');
    const answers = piecesOf(bytes, 9000).map((piece) => decoding.accept(piece));
    const ends = (await Promise.all([...answers, decoding.end()])).flatMap(({ chunks }) => chunks);
    expect(ends.map(({ endSample }) => endSample)).toEqual(
      [...ends.map(({ endSample }) => endSample)].sort((a, b) => a - b),
    );
    decoding.close();
    expect(await failure(decoding.accept(bytes))).toBeInstanceOf(Error);
  });

  it('fail their streams when the worker cannot be started, and close without one', async () => {
    const pool = openPool({ workerUrl: new URL('file:///nowhere/worker.js') });
    const decoding = pool.open({ ...CONTAINER, encoding: 'opus' }, HOUR);
    expect(await failure(decoding.accept(Buffer.alloc(3)))).toMatchObject({ code: 'internal_error' });
    await openPool().close();
  });

  it('are closed with everybody who waits told', async () => {
    const pool = openPool();
    const decoding = pool.open(CONTAINER, HOUR);
    const waiting = failure(decoding.accept(fixture('speech.wav')));
    await pool.close();
    expect(await waiting).toMatchObject({ code: 'internal_error' });
    await eventually(async () => expect(await failure(pool.open(CONTAINER, HOUR).end())).toBeInstanceOf(Error));
  });
});
