import { RecognizerError } from '@verbatim/recognizers';

/**
 * A client whose only recogniser has refused it for so long is sent away: what is wrong is a key, an account or a setting, and a person has
 * to mend it. Its session is kept, and goes on when it comes back in time. Units: milliseconds.
 */
export const TELL_CLIENT_AFTER_MS = 60_000;

/** Tells when to give a client the bad news that waiting does not help. */
export interface OutageWatch {
  /** A call failed; `true` when the client should be told now, at most once in {@link TELL_CLIENT_AFTER_MS}. */
  failed(error: unknown): boolean;
  recognized(): void;
}

export function createOutageWatch(nowMs: () => number): OutageWatch {
  let sinceMs: number | undefined;
  return {
    failed(error) {
      // What may pass by itself is waited for, however long it takes.
      if (error instanceof RecognizerError && error.isRetryable) return false;
      sinceMs ??= nowMs();
      if (nowMs() - sinceMs < TELL_CLIENT_AFTER_MS) return false;
      sinceMs = nowMs();
      return true;
    },
    recognized() {
      sinceMs = undefined;
    },
  };
}
