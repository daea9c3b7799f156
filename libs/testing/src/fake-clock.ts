import { setImmediate as settle } from 'node:timers/promises';

/** A clock that stands still until the test moves it. Units: milliseconds. */
export interface FakeClock {
  nowMs(): number;
  /** Runs `run` once, `delayMs` from now; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Resolves when the clock has been moved `delayMs` on. */
  sleep(delayMs: number): Promise<void>;
  /** Moves the clock, stopping at each timer that is due, in order of time, and lets promises settle after each. */
  advance(byMs: number): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Creates a clock for code that takes the time as an argument; it starts at `startMs`. */
export function createFakeClock(startMs = 0): FakeClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();

  const after = (delayMs: number, run: () => void) => {
    const timer = { atMs: nowMs + Math.max(0, delayMs), run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };

  return {
    nowMs: () => nowMs,
    after,
    sleep: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    async advance(byMs) {
      const endMs = nowMs + byMs;
      await settle();
      for (let due = earliest(timers, endMs); due !== undefined; due = earliest(timers, endMs)) {
        timers.delete(due);
        nowMs = due.atMs;
        due.run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** The first timer up to `endMs`; of two at the same time the one set first, as a `Set` keeps its order. */
function earliest(timers: ReadonlySet<Timer>, endMs: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.atMs <= endMs && (first === undefined || timer.atMs < first.atMs)) first = timer;
  }
  return first;
}
