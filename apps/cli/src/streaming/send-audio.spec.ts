import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inFrames, sendAudio } from './send-audio.ts';

async function* pieces(...sizes: readonly number[]): AsyncIterable<Uint8Array> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ % 251);
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('inFrames', () => {
  it('cuts anything into frames of one size without losing or turning a byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400)), fc.integer({ min: 1, max: 300 }), async (sizes, frameBytes) => {
        const frames = await collect(inFrames(pieces(...sizes), frameBytes));
        expect(Buffer.concat(frames)).toEqual(Buffer.concat(await collect(pieces(...sizes))));
        expect(frames.slice(0, -1).every(({ length }) => length === frameBytes)).toBe(true);
      }),
    );
  });
});

describe('sendAudio', () => {
  const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;

  function recordingStream(calls: string[]) {
    return {
      sendAudio: async (bytes: Uint8Array) => void calls.push(`audio ${bytes.length}`),
      end: () => void calls.push('end'),
    };
  }

  it('sends 100 ms frames, tells how far it is, and ends', async () => {
    const calls: string[] = [];
    const positionsMs: number[] = [];
    await sendAudio(
      recordingStream(calls),
      { kind: 'recording', format, bytes: new Uint8Array(8000) },
      {
        isFast: true,
        stop: new AbortController().signal,
        onSent: (ms) => positionsMs.push(ms),
      },
    );
    expect(calls).toEqual(['audio 3200', 'audio 3200', 'audio 1600', 'end']);
    expect(positionsMs).toEqual([100, 200, 250]);
  });

  it('sends a live source in frames as it comes, to its last byte', async () => {
    const calls: string[] = [];
    await sendAudio(
      recordingStream(calls),
      { kind: 'live', format, bytes: pieces(1000, 5000, 2000) },
      { isFast: false, stop: new AbortController().signal, onSent: () => {} },
    );
    expect(calls).toEqual(['audio 3200', 'audio 3200', 'audio 1600', 'end']);
  });

  it('asks for the finals at once when stopped, though the source stays silent', async () => {
    const calls: string[] = [];
    const stop = new AbortController();
    // eslint-disable-next-line require-yield -- a pipe that nobody writes to
    async function* silence(): AsyncIterable<Uint8Array> {
      await new Promise(() => {});
    }
    const sending = sendAudio(
      recordingStream(calls),
      { kind: 'live', format, bytes: silence() },
      { isFast: false, stop: stop.signal, onSent: () => {} },
    );
    stop.abort();
    await sending;
    expect(calls).toEqual(['end']);
  });
});
