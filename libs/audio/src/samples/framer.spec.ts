import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFramer } from './framer.ts';

describe('createFramer', () => {
  it('gives the same frames for any cut of the audio', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }), (lengths) => {
        const framer = createFramer(16, 100);
        let next = 100;
        const frames = lengths.flatMap((length) => framer.push(Float32Array.from({ length }, () => next++)));
        expect(framer.endSample).toBe(next);
        const rest = framer.flush();
        for (const { samples } of frames) expect(samples).toHaveLength(16);
        const all = [...frames, ...(rest === undefined ? [] : [rest])];
        for (const { startSample, samples } of all) expect(samples[0]).toBe(startSample);
        expect(all.flatMap(({ samples }) => [...samples])).toEqual(
          Array.from({ length: next - 100 }, (_, index) => 100 + index),
        );
      }),
    );
  });

  it('starts a new frame after a flush, at the position reached', () => {
    const framer = createFramer(4);
    framer.push(new Float32Array(6));
    expect(framer.flush()).toEqual({ startSample: 4, samples: new Float32Array(2) });
    expect(framer.flush()).toBeUndefined();
    expect(framer.push(new Float32Array(4))).toEqual([{ startSample: 6, samples: new Float32Array(4) }]);
  });
});
