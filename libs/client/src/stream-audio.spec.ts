import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@verbatim/testing';
import { streamAudio } from './stream-audio.ts';

const PCM = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

/** A session that notes when each frame left, and may be slow to take one. */
function recorder(slowFrame = -1, slowMs = 0) {
  const clock = createFakeClock();
  const sent: { atMs: number; bytes: number[] }[] = [];
  const session = {
    async sendAudio(bytes: Uint8Array) {
      sent.push({ atMs: clock.nowMs(), bytes: [...bytes] });
      if (sent.length === slowFrame) await clock.sleep(slowMs);
    },
  };
  return { clock, sent, session };
}

const BASE = { pcm: PCM, bytesPerSecond: 32_000, chunkBytes: 3_200, pace: 'real-time' } as const;

describe('streamAudio', () => {
  it('sends each frame when its last sample was spoken, the short rest too', async () => {
    const { clock, sent, session } = recorder();
    const progress: number[] = [];
    const streaming = streamAudio({ ...BASE, session, clock, onProgress: (bytes) => progress.push(bytes) });
    await clock.advance(1_000);
    expect(await streaming).toBe(10_000);
    expect(sent.map(({ atMs }) => atMs)).toEqual([100, 200, 300, 312.5]);
    expect(progress).toEqual([3_200, 6_400, 9_600, 10_000]);
    expect(Uint8Array.from(sent.flatMap(({ bytes }) => bytes))).toEqual(PCM);
  });

  it('catches up after a delay instead of staying behind', async () => {
    const { clock, sent, session } = recorder(1, 150);
    const streaming = streamAudio({ ...BASE, session, clock });
    await clock.advance(1_000);
    await streaming;
    expect(sent.map(({ atMs }) => atMs)).toEqual([100, 250, 300, 312.5]);
  });

  it('does not wait at all when it shall be fast', async () => {
    const { clock, sent, session } = recorder();
    expect(await streamAudio({ ...BASE, session, clock, pace: 'fast' })).toBe(10_000);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 0]);
  });

  it('stops before the next frame when it is aborted', async () => {
    const { clock, sent, session } = recorder();
    const stop = new AbortController();
    const streaming = streamAudio({ ...BASE, session, clock, signal: stop.signal });
    await clock.advance(250);
    stop.abort();
    await clock.advance(1_000);
    expect(await streaming).toBe(6_400);
    expect(sent).toHaveLength(2);
  });

  it('fails as the session fails', async () => {
    const session = { sendAudio: () => Promise.reject(new Error('gone')) };
    await expect(streamAudio({ ...BASE, session, pace: 'fast' })).rejects.toThrow('gone');
  });
});
