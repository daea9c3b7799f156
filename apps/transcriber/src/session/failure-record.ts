import type { SessionId } from '@verbatim/protocol';

/** A session that worked for so long has got over it. Units: milliseconds. */
const FORGET_AFTER_MS = 60_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Remembers which sessions failed here of late, and how long each must rest before somebody may try it again. */
export interface FailureRecord {
  /** Notes a failure. Units of the answer: milliseconds; 0 for the first, as another process may well do better. */
  note(sessionId: SessionId): { readonly failures: number; readonly pauseMs: number };
}

export function createFailureRecord(nowMs: () => number): FailureRecord {
  const noted = new Map<SessionId, { readonly failures: number; readonly atMs: number }>();

  function forgetOld(): void {
    for (const [sessionId, { atMs }] of noted) if (nowMs() - atMs > FORGET_AFTER_MS) noted.delete(sessionId);
  }

  return {
    note(sessionId) {
      forgetOld();
      const failures = (noted.get(sessionId)?.failures ?? 0) + 1;
      noted.set(sessionId, { failures, atMs: nowMs() });
      const pauseMs = failures === 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 2, 10));
      return { failures, pauseMs };
    },
  };
}
