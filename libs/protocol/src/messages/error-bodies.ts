import { z } from 'zod';
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
export const httpErrorBodySchema = z.object({
  error: z.string().describe('One sentence that says what to do.'),
  code: z.string().describe('A row of the error table.'),
  timestamp: z.number().describe('Seconds since 1970.'),
  retryable: z.boolean(),
  request_id: z.string(),
});

export type HttpErrorBody = z.infer<typeof httpErrorBodySchema>;

/** The body of an error over HTTP; its status is `error.row.httpStatus`. */
export function toHttpErrorBody(error: SttError, context: ErrorContext): HttpErrorBody {
  return {
    error: error.message,
    code: error.code,
    timestamp: context.atMs / 1000,
    retryable: error.isRetryable,
    request_id: context.requestId,
  };
}
