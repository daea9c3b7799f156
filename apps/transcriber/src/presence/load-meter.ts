import type { DecodeScheduler } from '../decoding/decode-scheduler.ts';
import type { ProviderHealth } from '../failover/provider-health.ts';
import { SPECULATION_IS_FINAL_AFTER_MS } from '../decoding/decode-queue.ts';

/** Long enough to smooth out sentences that end together, short enough to see a storm before the next one. Units: milliseconds. */
export const LOAD_WINDOW_MS = 5000;
const SLICE_MS = 500;
const SLICES = LOAD_WINDOW_MS / SLICE_MS;

/** What a final may cost above the endpointing silence at the 95th percentile: a goal of the project. Units: milliseconds. */
const LATE_FINAL_MS = 350;

/** Of exponentially distributed waits, which many independent sessions before one recogniser have, the 95th percentile is ln 20 means. */
const P95_PER_MEAN = Math.log(20);

/**
 * The mean wait of finals and speculations for their turn at which finals begin to be late. A speculation is asked for before its
 * endpoint has passed and may wait until then for nothing; only what comes on top makes its final late. Units: milliseconds.
 */
export const FULL_LOAD_WAIT_MEAN_MS = (SPECULATION_IS_FINAL_AFTER_MS + LATE_FINAL_MS) / P95_PER_MEAN;

/** When text is seconds late for so many sessions, it is not one session's replay after a takeover but this process. Share of 1. */
export const FULL_LOAD_LATE_SHARE = 1 / 4;

/** What a process knows of itself at one moment. */
export interface LoadSituation {
  /** How long the oldest final or speculation has waited that still waits; 0 when none does. Units: milliseconds. */
  readonly oldestWaitMs: number;
  /** Share of the sessions whose text is so late that their clients are told. 0 to 1. */
  readonly lateShare: number;
}

/**
 * Measures how loaded this process is: 1 means that finals are about to be late. It is the larger of two ratios, because there are
 * two bottlenecks: the recogniser (waits for a turn) and the one thread that cuts frames and detects voice (late sessions).
 *
 * Worked example: 2 cores, 18 sessions, each wants a final or speculation of 0.2 s every 2 s. That is 0.9 of all turns; interims have
 * thinned out to what is left. When sentences end together waits grow to half a second, load passes 1, the gateways send nobody here,
 * and the 18 that are here keep up. The process itself goes on claiming up to its capacity: what nobody owns must be owned by
 * somebody, and whether a session is new or its owner died shows only once it is claimed.
 */
export interface LoadMeter {
  /** A final or a speculation got its turn after so long. Units: milliseconds. */
  turnTaken(waitedMs: number): void;
  /** To a hundredth. */
  load(situation: LoadSituation): number;
}

/** A recogniser as far as load goes. */
export interface LoadedProvider {
  readonly health: Pick<ProviderHealth, 'phase'>;
  readonly scheduler: Pick<DecodeScheduler<unknown>, 'oldestUrgentWaitMs'>;
}

/**
 * The longest wait before any recogniser that is well. What waits for one that is out of order is no sign of load: the fleet knows that
 * it is down, and the process can serve the others as before. Units: milliseconds.
 */
export function oldestWaitMs(providers: readonly LoadedProvider[]): number {
  return Math.max(0, ...providers.map(waitOf));
}

function waitOf({ health, scheduler }: LoadedProvider): number {
  return health.phase === 'closed' ? scheduler.oldestUrgentWaitMs : 0;
}

interface Slice {
  readonly index: number;
  sumMs: number;
  count: number;
}

export function createLoadMeter(nowMs: () => number): LoadMeter {
  /** Oldest first, at most as many as fit the window. */
  let slices: Slice[] = [];

  function currentSlice(): Slice {
    const index = Math.floor(nowMs() / SLICE_MS);
    slices = slices.filter((slice) => slice.index > index - SLICES);
    const last = slices.at(-1);
    if (last?.index === index) return last;
    const fresh = { index, sumMs: 0, count: 0 };
    slices.push(fresh);
    return fresh;
  }

  function meanWaitMs(): number {
    currentSlice();
    const sumMs = slices.reduce((sum, slice) => sum + slice.sumMs, 0);
    const count = slices.reduce((sum, slice) => sum + slice.count, 0);
    return count === 0 ? 0 : sumMs / count;
  }

  return {
    turnTaken(waitedMs) {
      const slice = currentSlice();
      slice.sumMs += waitedMs;
      slice.count += 1;
    },
    load({ oldestWaitMs, lateShare }) {
      // The oldest one is at the edge of the distribution, and the only sign of a recogniser that has stopped to answer.
      const waitMs = Math.max(meanWaitMs(), oldestWaitMs / P95_PER_MEAN);
      const load = Math.max(waitMs / FULL_LOAD_WAIT_MEAN_MS, lateShare / FULL_LOAD_LATE_SHARE);
      return Math.round(load * 100) / 100;
    },
  };
}
