/** How far back calls are counted. Units: milliseconds. */
export const BREAKER_WINDOW_MS = 30_000;
/** Calls are counted in slices, so that a breaker's size does not depend on the traffic. Units: milliseconds. */
const SLICE_MS = 3_000;

/** Of fewer calls a share says nothing: one failure of one call would be all of them. Units: calls. */
export const BREAKER_LEAST_CALLS = 10;
/** Share of calls at which more come to grief than are served. */
export const BREAKER_FAILING_SHARE = 0.5;
/**
 * So many failures without an answer between them need no share: each further session that found out for itself would pay a request and
 * the time of it. Units: calls.
 */
export const BREAKER_FAILURES_IN_A_ROW = 5;

/** Most outages are a restart or a wave of load: long enough to be over, short enough to be back soon. Units: milliseconds. */
export const BREAKER_OPEN_MS = 15_000;
/** A wrong key or an empty account is mended by a person. Units: milliseconds. */
export const BREAKER_LASTING_OPEN_MS = 60_000;

/** A probe that says nothing for so long (its speaker is silent) makes room for another. Units: milliseconds. */
export const BREAKER_PROBE_MS = 30_000;

interface CallSlice {
  readonly index: number;
  readonly calls: number;
  readonly failures: number;
}

/** Whether a provider is asked at all. Plain data; times are those of the events. */
export type BreakerState =
  | { readonly type: 'closed'; readonly slices: readonly CallSlice[]; readonly failuresInARow: number }
  /** From `untilMs` on it is half open: one probe at a time is let through. */
  | { readonly type: 'open'; readonly untilMs: number; readonly probeSinceMs: number | undefined };

/** `open`: nobody new is sent there. `half_open`: one is, to find out. */
export type BreakerPhase = 'closed' | 'open' | 'half_open';

/** Units of `atMs`: milliseconds of any steady clock, the same for all events of one breaker. */
export type BreakerEvent =
  | { readonly type: 'call_succeeded'; readonly atMs: number }
  /** `isLasting`: the same call will fail until a person mends something (a key, an account, a setting). */
  | { readonly type: 'call_failed'; readonly atMs: number; readonly isLasting: boolean }
  /** Somebody would like to send its calls there. */
  | { readonly type: 'admission_asked'; readonly atMs: number };

export type BreakerEffect =
  | { readonly type: 'opened'; readonly untilMs: number }
  | { readonly type: 'closed' }
  /** The answer to `admission_asked`; without it: not now. */
  | { readonly type: 'admitted' };

export interface BreakerStep {
  readonly state: BreakerState;
  readonly effects: readonly BreakerEffect[];
}

/** A breaker that has seen nothing. */
export const closedBreaker: BreakerState = { type: 'closed', slices: [], failuresInARow: 0 };

/** What the breaker is at this moment. */
export function breakerPhase(state: BreakerState, atMs: number): BreakerPhase {
  if (state.type === 'closed') return 'closed';
  return atMs < state.untilMs ? 'open' : 'half_open';
}

/**
 * One step of a circuit breaker. Pure: the same state and event give the same result; time arrives inside the event.
 *
 * Worked failure: a provider answers 503 for half a minute under 20 sessions. The fifth failure opens the breaker, the sessions go on with
 * another provider, and for 15 s nobody asks. Then one session is let through; it fails, and 15 s later another one. Without the breaker
 * each session would find out for itself, again and again, and each would lose the time of its own failing call.
 *
 * Invariant: from opening until `untilMs` nobody is admitted, and after that at most one in {@link BREAKER_PROBE_MS} until a call was answered.
 */
export function stepBreaker(state: BreakerState, event: BreakerEvent): BreakerStep {
  switch (event.type) {
    case 'call_succeeded':
      return succeed(state, event.atMs);
    case 'call_failed':
      return fail(state, event);
    case 'admission_asked':
      return admit(state, event.atMs);
  }
}

/** What was asked before the breaker opened and is answered only now does not close it. */
function succeed(state: BreakerState, atMs: number): BreakerStep {
  if (state.type === 'closed') {
    return unchanged({ type: 'closed', slices: counted(state.slices, atMs, false), failuresInARow: 0 });
  }
  if (atMs < state.untilMs) return unchanged(state);
  return { state: closedBreaker, effects: [{ type: 'closed' }] };
}

function fail(state: BreakerState, { atMs, isLasting }: Extract<BreakerEvent, { type: 'call_failed' }>): BreakerStep {
  if (isLasting) return open(state, atMs + BREAKER_LASTING_OPEN_MS);
  if (state.type === 'open') {
    return atMs < state.untilMs ? unchanged(state) : open(state, atMs + BREAKER_OPEN_MS);
  }
  const slices = counted(state.slices, atMs, true);
  const failuresInARow = state.failuresInARow + 1;
  const isOut = failuresInARow >= BREAKER_FAILURES_IN_A_ROW || isFailing(slices);
  return isOut ? open(state, atMs + BREAKER_OPEN_MS) : unchanged({ type: 'closed', slices, failuresInARow });
}

function admit(state: BreakerState, atMs: number): BreakerStep {
  if (state.type === 'closed') return { state, effects: [{ type: 'admitted' }] };
  const { untilMs, probeSinceMs = -Infinity } = state;
  if (atMs < untilMs || atMs < probeSinceMs + BREAKER_PROBE_MS) return unchanged(state);
  return { state: { ...state, probeSinceMs: atMs }, effects: [{ type: 'admitted' }] };
}

/** Opening again counts anew, but never makes the time shorter that a lasting failure has set. */
function open(state: BreakerState, untilMs: number): BreakerStep {
  const latestMs = state.type === 'open' ? Math.max(state.untilMs, untilMs) : untilMs;
  return {
    state: { type: 'open', untilMs: latestMs, probeSinceMs: undefined },
    effects: [{ type: 'opened', untilMs: latestMs }],
  };
}

function counted(slices: readonly CallSlice[], atMs: number, isFailure: boolean): readonly CallSlice[] {
  const index = Math.floor(atMs / SLICE_MS);
  const recent = slices.filter((slice) => slice.index > index - BREAKER_WINDOW_MS / SLICE_MS);
  const last = recent.at(-1);
  const current = last?.index === index ? last : { index, calls: 0, failures: 0 };
  const others = last?.index === index ? recent.slice(0, -1) : recent;
  return [...others, { index, calls: current.calls + 1, failures: current.failures + Number(isFailure) }];
}

function isFailing(slices: readonly CallSlice[]): boolean {
  const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
  const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
  return calls >= BREAKER_LEAST_CALLS && failures >= calls * BREAKER_FAILING_SHARE;
}

function unchanged(state: BreakerState): BreakerStep {
  return { state, effects: [] };
}
