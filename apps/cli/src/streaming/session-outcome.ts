import { ERROR_TABLE, isErrorCode, type ErrorMessage, type SessionEnded } from '@verbatim/protocol';
import { EXIT_CODES, exitCodeOf, type ExitCode } from '../exit-codes.ts';

/** How a session ended, as far as its socket tells. */
export interface SessionEnding {
  readonly ended: SessionEnded | undefined;
  /** The last error message. */
  readonly error: ErrorMessage | undefined;
  readonly close: { readonly code: number; readonly reason: string };
}

export interface SessionOutcome {
  readonly exitCode: ExitCode;
  /** One sentence for the user; undefined when all went well. */
  readonly complaint: string | undefined;
}

/** Judges an ending: the gateway's own sentence if it gave one, otherwise what its close code means. Pure. */
export function judgeEnding({ ended, error, close }: SessionEnding): SessionOutcome {
  if (error !== undefined) return { exitCode: exitCodeOf(error.code), complaint: withRetry(error) };
  if (ended !== undefined) return { exitCode: EXIT_CODES.ok, complaint: undefined };
  const slug = Object.keys(ERROR_TABLE).find((code) => isErrorCode(code) && ERROR_TABLE[code].closeCode === close.code);
  if (slug !== undefined && isErrorCode(slug)) {
    return { exitCode: exitCodeOf(slug), complaint: `The gateway closed the session: ${ERROR_TABLE[slug].meaning}` };
  }
  const complaint = `The connection to the gateway was lost before the transcript was complete (close code ${close.code}). Try again.`;
  return { exitCode: EXIT_CODES.temporary, complaint };
}

function withRetry({ error, retry_after_ms: retryAfterMs }: ErrorMessage): string {
  return retryAfterMs === null ? error : `${error} (try again in ${Math.ceil(retryAfterMs / 1000)} s)`;
}
