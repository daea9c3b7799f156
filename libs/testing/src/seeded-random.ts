/** Chance that repeats: the same seed gives the same sequence. */
export interface SeededRandom {
  /** From 0 (included) to 1 (excluded). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  bytes(count: number): Uint8Array;
}

const UINT32_VALUES = 2 ** 32;

/** Creates a generator (mulberry32) from a whole number; print the seed in a failing test's message. */
export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;

  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UINT32_VALUES;
  };
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));

  return { next, integer, bytes: (count) => Uint8Array.from({ length: count }, () => integer(0, 255)) };
}
