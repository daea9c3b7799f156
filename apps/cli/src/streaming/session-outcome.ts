import type { StreamOutcome } from '@verbatim/client';
import type { ErrorMessage } from '@verbatim/protocol';
import { EXIT_CODES, exitCodeOf, type ExitCode } from '../exit-codes.ts';

export interface SessionOutcome {
  readonly exitCode: ExitCode;
  /** One sentence for the user; undefined when all went well. */
  readonly complaint: string | undefined;
}

/**
 * Judges how a stream ended. An `error` message that did not end it, such as about half a sample at its end, is a failure all the
 * same. Pure.
 */
export function judgeEnding(outcome: StreamOutcome, error: ErrorMessage | undefined): SessionOutcome {
  if (outcome.kind === 'failed') {
    const { code, message, retryAfterMs } = outcome.error;
    return { exitCode: exitCodeOf(code), complaint: withRetry(message, retryAfterMs) };
  }
  if (error !== undefined) {
    return { exitCode: exitCodeOf(error.code), complaint: withRetry(error.error, error.retry_after_ms ?? undefined) };
  }
  if (outcome.kind === 'ended' && outcome.ended?.reason === 'deleted') {
    const complaint = 'Somebody deleted the session: its audio and its text are forgotten.';
    return { exitCode: EXIT_CODES.internal, complaint };
  }
  if (outcome.kind === 'ended' && outcome.ended !== undefined) return { exitCode: EXIT_CODES.ok, complaint: undefined };
  const complaint = 'The gateway closed the session before the transcript was complete. Try again.';
  return { exitCode: EXIT_CODES.temporary, complaint };
}

function withRetry(sentence: string, retryAfterMs: number | undefined): string {
  return retryAfterMs === undefined ? sentence : `${sentence} (try again in ${Math.ceil(retryAfterMs / 1000)} s)`;
}
