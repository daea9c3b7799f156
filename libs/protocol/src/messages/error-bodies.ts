import type { SttError } from '../errors/stt-error.ts';
import type { ErrorMessage } from './server-messages.ts';

export interface ErrorContext {
  readonly requestId: string;
  readonly sessionId?: string;
  /** Wall clock. Units: milliseconds since 1970. */
  readonly atMs: number;
}

/** The `error` message of the native protocol. */
export function toErrorMessage(error: SttError, context: ErrorContext): ErrorMessage {
  return {
    type: 'error',
    error: error.message,
    timestamp: context.atMs / 1000,
    code: error.code,
    retryable: error.isRetryable,
    retry_after_ms: error.retryAfterMs ?? null,
    request_id: context.requestId,
    ...(context.sessionId === undefined ? {} : { session_id: context.sessionId }),
  };
}

/** The JSON body of an error over HTTP. */
export interface HttpErrorBody {
  readonly error: string;
  readonly code: string;
  readonly timestamp: number;
  readonly retryable: boolean;
  readonly request_id: string;
}

export function toHttpErrorBody(error: SttError, context: ErrorContext): HttpErrorBody {
  return {
    error: error.message,
    code: error.code,
    timestamp: context.atMs / 1000,
    retryable: error.isRetryable,
    request_id: context.requestId,
  };
}
