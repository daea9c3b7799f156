/**
 * Work between two looks at the event loop: below the tick, so that reads, renewals and commits are never late however much
 * audio a takeover has to replay. Units: milliseconds.
 */
export const TURN_BUDGET_MS = 10;

/** Something that has small pieces of work to do. */
export interface Worked {
  /** Does one piece, at most a few milliseconds; `true` while more is waiting. */
  work(): boolean;
}

/** Gives all sessions their turns on the one thread: a piece each, round and round. */
export interface WorkPump {
  /** The session has work; no effect when it is known already. */
  wake(session: Worked): void;
}

export interface WorkPumpOptions {
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** Calls back once the event loop has been round. */
  readonly defer: (callback: () => void) => void;
}

export function createWorkPump({ nowMs, defer }: WorkPumpOptions): WorkPump {
  const waiting = new Set<Worked>();
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    defer(turn);
  }

  function turn(): void {
    isScheduled = false;
    const endMs = nowMs() + TURN_BUDGET_MS;
    for (const session of waiting) {
      // Set order is insertion order: what is put back goes behind the others, and this loop meets it there.
      waiting.delete(session);
      if (session.work()) waiting.add(session);
      if (nowMs() >= endMs) break;
    }
    if (waiting.size > 0) schedule();
  }

  return {
    wake(session) {
      waiting.add(session);
      schedule();
    },
  };
}
