import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What may be taken over from a caller: long enough for any trace id, and nothing that could break a log or a header. */
const SANE = /^[A-Za-z0-9._-]{1,64}$/;

/** The request's own `x-request-id` if it is sane, else a new one. Echoed in every answer and in every error. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
