/** What a look at the queue showed. */
export type QueueLook =
  /** The queue answered. `newestDone` changes with every job that some process of the fleet finished. */
  | { readonly type: 'answered'; readonly isScheduled: boolean; readonly newestDone: string | undefined }
  /** Redis answers, the queue's own connection does not. */
  | { readonly type: 'silent' }
  /** Redis is away: nothing can be said of the queue. */
  | { readonly type: 'away' };

/** A look, and when it was. Units: milliseconds of a clock that never goes back. */
export interface LookTaken {
  readonly atMs: number;
  readonly look: QueueLook;
}

export interface WatchLimits {
  /** So long without a finished job while Redis answers, and the worker is made anew. Units: milliseconds. */
  readonly stuckAfterMs: number;
  /** The most that one pause between two looks counts: a process that stood still has not looked. Units: milliseconds. */
  readonly longestPauseMs: number;
}

export interface WatchState {
  readonly lookedAtMs: number;
  readonly newestDone: string | undefined;
  /** Time without a finished job in which Redis answered. Units: milliseconds. */
  readonly idleMs: number;
  /** {@link idleMs} when the worker was last made anew. */
  readonly remadeAtIdleMs: number;
}

export type WatchEffect =
  /** The scheduler is gone, as after a restart of Redis without its data. */
  | { readonly type: 'schedule' }
  /** The worker is taken for wedged: new connections, new worker, new scheduler. */
  | { readonly type: 'remake'; readonly idleMs: number };

export interface WatchStep {
  readonly state: WatchState;
  readonly effects: readonly WatchEffect[];
}

/** The state of a process that has just opened its queue. */
export function initialWatch(atMs: number): WatchState {
  return { lookedAtMs: atMs, newestDone: undefined, idleMs: 0, remadeAtIdleMs: 0 };
}

/**
 * Judges one look. Pure. A finished job anywhere in the fleet is progress: of two processes one may do all the work, and the
 * other is needed, and found wedged, only when that one is gone.
 *
 * Worked failure: a jobs process with a clock one hour ahead schedules the next round an hour from now and dies. Every other
 * process sees a scheduler, a worker that runs, and no error. Only "no job was finished for a minute" shows it.
 */
export function watch(state: WatchState, { atMs, look }: LookTaken, limits: WatchLimits): WatchStep {
  const looked = { ...state, lookedAtMs: atMs };
  if (look.type === 'away') return { state: looked, effects: [] };
  if (look.type === 'answered' && look.newestDone !== undefined && look.newestDone !== state.newestDone) {
    const next = { ...looked, newestDone: look.newestDone, idleMs: 0, remadeAtIdleMs: 0 };
    return { state: next, effects: schedule(look) };
  }
  const pauseMs = Math.min(atMs - state.lookedAtMs, limits.longestPauseMs);
  const idleMs = state.idleMs + pauseMs;
  if (idleMs - state.remadeAtIdleMs < limits.stuckAfterMs)
    return { state: { ...looked, idleMs }, effects: schedule(look) };
  return { state: { ...looked, idleMs, remadeAtIdleMs: idleMs }, effects: [{ type: 'remake', idleMs }] };
}

function schedule(look: QueueLook): readonly WatchEffect[] {
  return look.type === 'answered' && !look.isScheduled ? [{ type: 'schedule' }] : [];
}

/** Making anew has failed twice when this many times `stuckAfterMs` went by: the supervisor may know better. */
const HOPELESS_AFTER = 3;

/** Why this process should be restarted; `undefined` while all is well. */
export function hopelessBecause(state: WatchState, limits: WatchLimits): string | undefined {
  if (state.idleMs < HOPELESS_AFTER * limits.stuckAfterMs) return undefined;
  return `no job was finished for ${Math.round(state.idleMs / 1000)} s while Redis answered`;
}
