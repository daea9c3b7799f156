import type { IncomingMessage } from 'node:http';
import { ERROR_TABLE, httpErrorBodySchema, isErrorCode, SttError, type ErrorCode } from '@verbatim/protocol';
import type { LinkClose } from './resuming/stream-events.ts';

/** The answer to an upgrade that was refused. */
export interface RefusedUpgrade {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** An error body is a few hundred bytes; a stranger's page is not read to its end. Units: UTF-16 code units. */
const MOST_REFUSAL_LENGTH = 65_536;

/** Close code of a connection that did not come about, for a reason that may pass. */
const NOT_CONNECTED = 1006;

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

/** A stranger that says these will say them again; a 404 or 502 is also what a proxy says while no gateway stands behind it. */
const LASTING_STATUSES = [401, 403];

/** Network errors which mean that nobody is there, as opposed to somebody who is slow or went away. */
const NOBODY_THERE = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];

/** Reads a refusal; one that was cut off still has its status. */
export async function readRefusal(response: IncomingMessage): Promise<RefusedUpgrade> {
  let body = '';
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      body += part.toString();
      if (body.length > MOST_REFUSAL_LENGTH) break;
    }
  } catch {
    // What came before the cut is all there is.
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
}

/** The error in the answer to a refused upgrade: the gateway's JSON body, or a proxy's status. */
export function failureFromRefusal(shown: string, refusal: RefusedUpgrade): SttError {
  const { status, retryAfter } = refusal;
  const seconds = Number(retryAfter ?? NaN);
  const details = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
  const ours = ownError(refusal);
  if (ours !== undefined) return new SttError(ours.code, ours.error, details);
  const code = CODES_BY_STATUS[status] ?? (status >= 500 ? 'internal_error' : 'bad_request');
  const sentence = `${shown} answered HTTP ${status} instead of opening a session; is a Verbatim gateway there?`;
  return new SttError(code, sentence, details);
}

/** A refusal as the close that a browser would have been given instead. */
export function refusedUpgrade(shown: string, refusal: RefusedUpgrade): Omit<LinkClose, 'reason'> {
  const failure = failureFromRefusal(shown, refusal);
  const isMeant = ownError(refusal) !== undefined || LASTING_STATUSES.includes(refusal.status);
  return { code: isMeant ? ERROR_TABLE[failure.code].closeCode : NOT_CONNECTED, failure };
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

function ownError({ body }: RefusedUpgrade): { readonly code: ErrorCode; readonly error: string } | undefined {
  const read = httpErrorBodySchema.safeParse(parseJson(body));
  return read.success && isErrorCode(read.data.code) ? { code: read.data.code, error: read.data.error } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
