import { describe, expect, it } from '@jest/globals';
import {
  createLoadMeter,
  FULL_LOAD_LATE_SHARE,
  FULL_LOAD_WAIT_MEAN_MS,
  LOAD_WINDOW_MS,
  oldestWaitMs,
  type LoadMeter,
} from './load-meter.ts';

const idle = { oldestWaitMs: 0, lateShare: 0 };

function createBench() {
  let nowMs = 0;
  const meter = createLoadMeter(() => nowMs);
  return { meter, pass: (ms: number) => void (nowMs += ms) };
}

function wait(meter: LoadMeter, ...waitsMs: readonly number[]): void {
  for (const waitedMs of waitsMs) meter.turnTaken(waitedMs);
}

describe('the load of a process', () => {
  it('is nothing when nothing waits', () => {
    expect(createBench().meter.load(idle)).toBe(0);
  });

  it('is 1 when decodes wait for their turn so long that finals begin to be late', () => {
    const { meter, pass } = createBench();
    wait(meter, FULL_LOAD_WAIT_MEAN_MS - 100);
    pass(1000);
    wait(meter, FULL_LOAD_WAIT_MEAN_MS + 100);
    expect(meter.load(idle)).toBe(1);
  });

  it('does not jump when a few sentences end together among many that do not', () => {
    const { meter } = createBench();
    wait(meter, ...Array.from({ length: 20 }, () => 10), 200, 400, 600);
    expect(meter.load(idle)).toBeLessThan(0.5);
  });

  it('forgets what was long ago, also when nothing comes after it', () => {
    const { meter, pass } = createBench();
    wait(meter, 2000);
    pass(LOAD_WINDOW_MS - 1);
    expect(meter.load(idle)).toBeGreaterThan(1);
    pass(2);
    expect(meter.load(idle)).toBe(0);
  });

  it('sees a recogniser that does not answer at all', () => {
    const { meter } = createBench();
    expect(meter.load({ ...idle, oldestWaitMs: 100 })).toBeLessThan(1);
    expect(meter.load({ ...idle, oldestWaitMs: 1000 })).toBeGreaterThan(1);
  });

  it('is not raised by what waits for a recogniser that is out of order', () => {
    const provider = (phase: 'closed' | 'half_open' | 'open', oldestUrgentWaitMs: number) => ({
      ...{ health: { phase }, scheduler: { oldestUrgentWaitMs } },
    });
    expect(oldestWaitMs([provider('open', 30_000), provider('closed', 20), provider('half_open', 5000)])).toBe(20);
    expect(oldestWaitMs([provider('open', 30_000)])).toBe(0);
  });

  it('sees text that is late for any other reason', () => {
    const { meter } = createBench();
    expect(meter.load({ ...idle, lateShare: FULL_LOAD_LATE_SHARE })).toBe(1);
    expect(meter.load({ ...idle, lateShare: FULL_LOAD_LATE_SHARE / 5 })).toBe(0.2);
  });
});
