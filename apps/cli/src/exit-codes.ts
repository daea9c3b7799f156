import type { ErrorCode } from '@verbatim/protocol';

/**
 * What the exit code of `verbatim` means, after sysexits.h where it has one. A script can act on the number alone: 75 is
 * worth another try later, the others are not.
 */
export const EXIT_CODES = {
  ok: 0,
  /** A check of `doctor` failed. */
  doctorFailed: 1,
  /** The command line, or a value in it, is wrong. */
  usage: 2,
  badAudio: 65,
  /** An archive that is damaged, or holds no model. */
  badModel: 65,
  noSuchFile: 66,
  /** The gateway cannot be reached, or no recogniser can serve the session. */
  unavailable: 69,
  internal: 70,
  cannotWrite: 73,
  /** No room for the session, or a lost connection that could not be resumed: try again later. */
  temporary: 75,
  notAllowed: 77,
  /** By Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const BY_ERROR: Record<ErrorCode, ExitCode> = {
  bad_request: EXIT_CODES.usage,
  unauthorized: EXIT_CODES.notAllowed,
  forbidden: EXIT_CODES.notAllowed,
  session_not_found: EXIT_CODES.internal,
  not_found: EXIT_CODES.unavailable,
  method_not_allowed: EXIT_CODES.unavailable,
  start_timeout: EXIT_CODES.internal,
  audio_unsupported: EXIT_CODES.badAudio,
  audio_undecodable: EXIT_CODES.badAudio,
  message_too_big: EXIT_CODES.badAudio,
  audio_too_long: EXIT_CODES.badAudio,
  chunk_out_of_order: EXIT_CODES.internal,
  session_limit: EXIT_CODES.badAudio,
  session_replaced: EXIT_CODES.internal,
  quota_exhausted: EXIT_CODES.notAllowed,
  resume_unrecoverable: EXIT_CODES.temporary,
  overloaded: EXIT_CODES.temporary,
  too_many_sessions: EXIT_CODES.temporary,
  rate_limited: EXIT_CODES.temporary,
  provider_unavailable: EXIT_CODES.unavailable,
  storage_unavailable: EXIT_CODES.temporary,
  internal_error: EXIT_CODES.internal,
  idle_timeout: EXIT_CODES.temporary,
  go_away: EXIT_CODES.temporary,
  slow_consumer: EXIT_CODES.temporary,
  ping_timeout: EXIT_CODES.temporary,
  insufficient_state: EXIT_CODES.temporary,
};

/** Translates an error of the gateway. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return BY_ERROR[code];
}

/** An expected failure of a command: one sentence that says what and what to do. Printed without a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}
