import {
  ERROR_TABLE,
  httpErrorBodySchema,
  isErrorCode,
  SttError,
  type ErrorCode,
  type ErrorMessage,
} from '@verbatim/protocol';

/** How a socket closed. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** The answer to an upgrade that was refused. */
export interface RefusedUpgrade {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const NORMAL_CLOSE = 1000;

/** What a proxy's bare status means, where the body is not the gateway's own. */
const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
  502: 'overloaded',
  503: 'overloaded',
  504: 'overloaded',
};

/** Network errors which mean that nobody is there, as opposed to somebody who is slow or went away. */
const NOBODY_THERE = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];

/** The error that the gateway itself described in an `error` message. */
export function failureFromMessage({ code, error, retry_after_ms: retryAfterMs }: ErrorMessage): SttError {
  return new SttError(code, error, retryAfterMs === null ? {} : { retryAfterMs });
}

/** The error in the answer to a refused upgrade: the gateway's JSON body, or a proxy's status. */
export function failureFromRefusal(shown: string, { status, retryAfter, body }: RefusedUpgrade): SttError {
  const seconds = Number(retryAfter ?? NaN);
  const details = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
  const ours = httpErrorBodySchema.safeParse(parseJson(body));
  if (ours.success && isErrorCode(ours.data.code)) return new SttError(ours.data.code, ours.data.error, details);
  const code = CODES_BY_STATUS[status] ?? (status >= 500 ? 'internal_error' : 'bad_request');
  const sentence = `${shown} answered HTTP ${status} instead of opening a session; is a Verbatim gateway there?`;
  return new SttError(code, sentence, details);
}

/** The error of a connection that did not come about. */
export function failureFromNetwork(shown: string, error: Error): SttError {
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return new SttError(
    NOBODY_THERE.includes(reason) ? 'not_found' : 'overloaded',
    `No gateway answers at ${shown} (${reason}); is it running, and are host and port right?`,
    { cause: error },
  );
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
