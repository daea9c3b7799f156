import { ERROR_TABLE, type ErrorCode, type ErrorTableEntry } from './error-table.ts';

export interface SttErrorDetails {
  /** The parameter or field that is wrong, as the client named it. */
  readonly field?: string;
  /** How long to wait before the next try. Units: milliseconds. */
  readonly retryAfterMs?: number;
  /** Logged, never sent to a client. */
  readonly cause?: unknown;
}

/** The only error class that crosses a boundary. `message` is one sentence that says what to do; it is sent to the client. */
export class SttError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: SttErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SttError';
    this.code = code;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
  }

  get row(): ErrorTableEntry {
    return ERROR_TABLE[this.code];
  }

  get isRetryable(): boolean {
    return this.row.action !== 'stop';
  }

  /** Converts anything thrown into an {@link SttError}; the original stays in `cause`, for the log only. */
  static from(thrown: unknown): SttError {
    if (thrown instanceof SttError) return thrown;
    return new SttError('internal_error', 'Something went wrong on our side; resume, and report the request id.', {
      cause: thrown,
    });
  }
}
