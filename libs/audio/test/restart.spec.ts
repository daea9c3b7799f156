import { describe, expect, it } from '@jest/globals';
import { openMediaIntake, type AudioChunk, type MediaStart } from '../src/index.ts';
import { readFixture } from './read-fixture.ts';
import { CONTAINER, openIntake, soundOf, takeIn, type TakenIn } from './take-in.ts';

const LARGEST_HEADER_BYTES = 65_536;

/**
 * What a decoder that began later may give otherwise, in steps of 16 bits. Nothing where frames stand alone; one rounding for MP3 after its
 * reservoir; for Opus what is left of its predictions, 48 dB below full scale.
 */
const TOLERANCE: Readonly<Record<string, number>> = {
  'speech.wav': 0,
  'speech.ulaw.wav': 0,
  'speech.flac': 0,
  'speech.vorbis.ogg': 0,
  'speech.mp3': 1,
  'speech-44k.mp3': 1,
  'speech-44k.vorbis.ogg': 0,
  'speech.opus.ogg': 128,
  'speech.webm': 128,
  'speech.chromium.webm': 128,
};

const startAfter = (chunk: AudioChunk, header: Uint8Array): MediaStart => ({
  sample: chunk.endSample,
  clientBytes: chunk.clientBytes,
  header,
  ...(chunk.restartFrame === undefined ? {} : { restartFrame: chunk.restartFrame }),
});

function largestStep(one: Float32Array | undefined, other: Float32Array | undefined): number {
  expect(one).toHaveLength(other?.length ?? 0);
  const steps = (one ?? new Float32Array(0)).map((sample, index) => Math.abs(sample - (other?.[index] ?? 0)) * 32_768);
  return steps.reduce((largest, step) => Math.max(largest, step), 0);
}

const after = ({ chunks }: TakenIn, sample: number) => chunks.filter(({ endSample }) => endSample > sample);

describe('a decoder that goes on where another one was given up', () => {
  it.each(Object.entries(TOLERANCE))('after a chunk of %s gives the rest, to %i steps', async (name, tolerance) => {
    const bytes = readFixture(name);
    const whole = await takeIn(bytes);
    expect(whole.header.length).toBeLessThanOrEqual(LARGEST_HEADER_BYTES);
    for (const chunk of whole.chunks.filter((_, index) => index % 3 === 0)) {
      const rest = await takeIn(bytes, { start: startAfter(chunk, whole.header), cuts: [997] });
      const wanted = after(whole, chunk.endSample);
      expect(rest.chunks.map(({ endSample }) => endSample)).toEqual(wanted.map(({ endSample }) => endSample));
      expect(largestStep(soundOf(rest.chunks)[0], soundOf(wanted)[0])).toBeLessThanOrEqual(tolerance);
      if (rest.chunks.length > 0) expect(rest.header).toEqual(whole.header);
    }
  });

  it.each(['speech.flac', 'speech.mp3', 'speech.opus.ogg', 'speech.webm', 'speech.ulaw.wav'])(
    'again and again through %s: every chunk from a decoder of its own',
    async (name) => {
      const bytes = readFixture(name);
      const whole = await takeIn(bytes);
      const chunks: AudioChunk[] = whole.chunks.slice(0, 1);
      for (let last = chunks.at(-1); last !== undefined && chunks.length < whole.chunks.length; last = chunks.at(-1)) {
        const [next] = (await takeIn(bytes, { start: startAfter(last, whole.header), mostChunks: 1 })).chunks;
        chunks.push(next as AudioChunk);
      }
      expect(chunks.at(-1)?.endSample).toBe(whole.chunks.at(-1)?.endSample);
      expect(largestStep(soundOf(chunks)[0], soundOf(whole.chunks)[0])).toBeLessThanOrEqual(2 * (TOLERANCE[name] ?? 0));
    },
  );

  it.each(Object.entries(TOLERANCE))('after a mark in %s gives the rest, to %i steps', async (name, tolerance) => {
    const bytes = readFixture(name);
    const half = Math.floor(bytes.length * 0.75);
    const intake = await openIntake({});
    const before = [...intake.accept(bytes.subarray(0, half)), ...intake.flush()];
    const wanted = [...intake.accept(bytes.subarray(half)), ...intake.end()];
    const last = before.at(-1) as AudioChunk;
    const rest = await takeIn(bytes, { start: startAfter(last, intake.header) });
    intake.free();
    expect(largestStep(soundOf(rest.chunks)[0], soundOf(wanted)[0])).toBeLessThanOrEqual(tolerance);
  });

  it.each(Object.keys(TOLERANCE))('of %s has less than 2 s to read again', async (name) => {
    const { chunks } = await takeIn(readFixture(name));
    const rate = name.includes('law') ? 8_000 : name.includes('44k') ? 44_100 : 16_000;
    const lags = chunks.map(({ endSample, restartFrame = 0 }) => endSample / 16_000 - restartFrame / rate);
    expect(Math.max(...lags)).toBeLessThan(2);
  });

  it('refuses a header that is none', async () => {
    const start = { sample: 0, clientBytes: 100, header: Uint8Array.of(9, 9, 9) };
    await expect(openMediaIntake(CONTAINER, { start, limits: { longestSeconds: 10 } })).rejects.toThrow(RangeError);
  });
});

describe('a file that begins in the middle of a session', () => {
  it.each(['speech.ulaw.wav', 'speech.mp3', 'speech.flac'])('lies behind what was there: %s', async (name) => {
    const bytes = readFixture(name);
    const alone = await takeIn(bytes);
    const base = { sample: 12_345, clientBytes: 777 };
    const padded = new Uint8Array(base.clientBytes + bytes.length);
    padded.set(bytes, base.clientBytes);
    const moved = await takeIn(padded, { start: { ...base, header: new Uint8Array(0) } });
    const shift = (moved.chunks.at(-1)?.endSample ?? 0) - (alone.chunks.at(-1)?.endSample ?? 0);
    // The file's first frame lies on a whole frame of its own rate, at most one later.
    expect(shift - base.sample).toBeGreaterThanOrEqual(0);
    expect(shift - base.sample).toBeLessThanOrEqual(1);
    const middle = moved.chunks[20] as AudioChunk;
    const rest = await takeIn(padded, { start: startAfter(middle, moved.header) });
    expect(largestStep(soundOf(rest.chunks)[0], soundOf(after(moved, middle.endSample))[0])).toBeLessThanOrEqual(1);
  });
});
