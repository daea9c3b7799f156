import { ERROR_TABLE, isErrorCode, SttError, type ErrorMessage } from '@verbatim/protocol';

/** How a socket closed. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

const NORMAL_CLOSE = 1000;

/** The error that the gateway itself described in an `error` message. */
export function failureFromMessage({ code, error, retry_after_ms: retryAfterMs }: ErrorMessage): SttError {
  return new SttError(code, error, retryAfterMs === null ? {} : { retryAfterMs });
}

/** The error that a closed socket stands for: what the gateway said before it, or what the close code means. */
export function failureFromClose({ code, reason }: SocketClose, said: ErrorMessage | undefined): SttError {
  if (said !== undefined) return failureFromMessage(said);
  if (code === NORMAL_CLOSE) return new SttError('bad_request', 'The session has ended; open a new one.');
  const slug = isErrorCode(reason)
    ? reason
    : Object.keys(ERROR_TABLE)
        .filter(isErrorCode)
        .find((name) => ERROR_TABLE[name].closeCode === code);
  if (slug !== undefined) return new SttError(slug, `The gateway closed the connection: ${ERROR_TABLE[slug].meaning}`);
  return new SttError(
    'ping_timeout',
    `The connection to the gateway was lost (close code ${code}); reconnect and resume.`,
  );
}
