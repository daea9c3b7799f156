import { describe, expect, it } from '@jest/globals';
import { DEFAULT_DECODER_LIMITS } from './decoder-limits.ts';
import { createStepWatch } from './step-watch.ts';

const STEP = { isOpening: false };
const OPENING = { isOpening: true };
const at = (nowMs: number, cpuMs: number, residentBytes = 0) => ({ nowMs, cpuMs, residentBytes });

function watchFrom(step: typeof STEP) {
  const watch = createStepWatch(DEFAULT_DECODER_LIMITS);
  expect(watch.look(step, at(0, 0))).toBeUndefined();
  return watch;
}

describe('the watch over a step', () => {
  it('ends one that has used its time of the processor', () => {
    const watch = watchFrom(STEP);
    expect(watch.look(STEP, at(999, 999))).toBeUndefined();
    expect(watch.look(STEP, at(1000, 1000))).toBe('too_slow');
  });

  it('lets one wait on a machine that has other things to do, but not for ever', () => {
    const watch = watchFrom(STEP);
    expect(watch.look(STEP, at(14_999, 900))).toBeUndefined();
    expect(watch.look(STEP, at(15_000, 900))).toBe('too_slow');
  });

  it('gives an opening more time: it may compile a codec', () => {
    const watch = watchFrom(OPENING);
    expect(watch.look(OPENING, at(4900, 4900))).toBeUndefined();
    expect(watch.look(OPENING, at(5000, 5000))).toBe('too_slow');
  });

  it('ends one while which the process grows', () => {
    const watch = watchFrom(STEP);
    expect(watch.look(STEP, at(50, 50, 268_435_456))).toBeUndefined();
    expect(watch.look(STEP, at(100, 100, 268_435_457))).toBe('too_large');
  });

  it('counts each step for itself, and nothing between steps', () => {
    const watch = watchFrom(STEP);
    const next = { isOpening: false };
    expect(watch.look(next, at(900, 900))).toBeUndefined();
    expect(watch.look(next, at(1800, 1800))).toBeUndefined();
    expect(watch.look(undefined, at(5000, 5000))).toBeUndefined();
    expect(watch.look(next, at(9000, 9000))).toBeUndefined();
  });
});
