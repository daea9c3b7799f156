import { describe, expect, it } from '@jest/globals';
import { createReplayTail } from './replay-tail.ts';

const HEADER = Buffer.from('head');
const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const chunk = (endSample: number, clientBytes: number, restartFrame: number) => ({
  ...{ endSample, clientBytes, restartFrame },
  pcm: new Uint8Array(0),
});
const lengths = (pieces: readonly Uint8Array[]) => pieces.map(({ length }) => length);

describe('a replay tail', () => {
  it('begins at the beginning until a chunk was given out', () => {
    const tail = createReplayTail(undefined);
    tail.push(bytes(100, 1));
    expect(tail.start).toBeUndefined();
    expect(lengths(tail.pieces)).toEqual([100]);
  });

  it('keeps the bytes since the last restart point, cut to it, and no others', () => {
    const tail = createReplayTail(undefined);
    for (const value of [1, 2, 3]) tail.push(bytes(100, value));
    tail.advance(chunk(1600, 150, 700), HEADER);
    expect(tail.start).toEqual({ sample: 1600, clientBytes: 150, restartFrame: 700, header: HEADER });
    expect(lengths(tail.pieces)).toEqual([50, 100]);
    expect(tail.pieces[0]?.[0]).toBe(2);
    tail.advance(chunk(3200, 300, 2300), HEADER);
    expect(tail.pieces).toEqual([]);
    expect(tail.endBytes).toBe(300);
  });

  it('counts from where an earlier decoder ended', () => {
    const tail = createReplayTail({ sample: 1600, clientBytes: 1000, restartFrame: 5, header: HEADER });
    tail.push(bytes(10, 1));
    tail.advance(chunk(3200, 1004, 9), HEADER);
    expect(lengths(tail.pieces)).toEqual([6]);
  });

  it('gives up when no restart point comes for a megabyte, instead of keeping all', () => {
    const tail = createReplayTail(undefined);
    for (let count = 0; count < 17; count += 1) tail.push(bytes(65_536, 0));
    expect(tail.isComplete).toBe(false);
    expect(tail.pieces).toEqual([]);
  });
});
