import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAudioRing } from './audio-ring.ts';

describe('createAudioRing', () => {
  it('gives back the frames as they came, the first and the last cut to what was asked for', () => {
    const ring = createAudioRing();
    for (const bytes of [
      [0, 1, 2],
      [3, 4],
      [5, 6, 7],
    ])
      ring.push(Uint8Array.from(bytes));
    expect(ring.read(1, 6).map((frame) => [...frame])).toEqual([[1, 2], [3, 4], [5]]);
    expect(ring.read(3, 5).map((frame) => [...frame])).toEqual([[3, 4]]);
  });

  it('forgets whole frames only', () => {
    const ring = createAudioRing();
    for (const bytes of [
      [0, 1, 2],
      [3, 4],
      [5, 6, 7],
    ])
      ring.push(Uint8Array.from(bytes));
    ring.trim(4);
    expect(ring.heldBytes).toBe(5);
    ring.trim(5);
    expect(ring.heldBytes).toBe(3);
    ring.trim(8);
    expect(ring.heldBytes).toBe(0);
    expect(ring.read(0, 8)).toEqual([]);
  });

  it('cuts what is larger than a gateway takes', () => {
    const ring = createAudioRing();
    ring.push(new Uint8Array(150_000));
    expect(ring.read(0, 150_000).map(({ length }) => length)).toEqual([65_536, 65_536, 18_928]);
  });

  it('gives exactly the bytes of any stretch that it holds', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.nat(2_000), fc.nat(2_000), fc.nat(2_000), (frames, a, b, trimAt) => {
        const ring = createAudioRing();
        let next = 0;
        for (const size of frames) ring.push(Uint8Array.from({ length: size }, () => next++ % 251));
        const from = Math.min(a, b, next);
        const to = Math.min(Math.max(a, b), next);
        ring.trim(Math.min(trimAt, from));
        const read = ring.read(from, to).flatMap((frame) => [...frame]);
        expect(read).toEqual(Array.from({ length: to - from }, (_, index) => (from + index) % 251));
      }),
    );
  });
});
