import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@verbatim/observability';
import { SttError, toHttpErrorBody } from '@verbatim/protocol';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { toPublicError } from '../public-error.ts';

const MS_PER_SECOND = 1000;

/** Answers with the error table's status, body, and `Retry-After` where the client should back off. */
export function sendError(response: Response, error: SttError): void {
  const requestId = response.getHeader('x-request-id') as string;
  if (error.retryAfterMs !== undefined)
    response.setHeader('retry-after', Math.ceil(error.retryAfterMs / MS_PER_SECOND));
  response.status(error.row.httpStatus).json(toHttpErrorBody(error, { requestId, atMs: Date.now() }));
}

/** The last route: there is nothing at this address. */
export const answerNotFound: RequestHandler = (_request, response) => {
  sendError(
    response,
    new SttError('not_found', 'There is nothing at this address; see /openapi.json for what there is.'),
  );
};

/** The address exists with other methods. */
export function answerMethodNotAllowed(allowedMethods: string): RequestHandler {
  return (request, response) => {
    response.setHeader('allow', allowedMethods);
    sendError(
      response,
      new SttError('method_not_allowed', `${request.method} is not possible here; use ${allowedMethods}.`),
    );
  };
}

/** What a route threw. A client gets the table's answer; what lies behind it goes to the log. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, _request, response, next) => {
    const error = isClientFault(thrown)
      ? new SttError('bad_request', 'The request is malformed: its address or headers cannot be read.')
      : toPublicError(thrown);
    const requestId = response.getHeader('x-request-id');
    if (error.code === 'internal_error')
      log.error({ event: 'defect', request_id: requestId, err: thrown }, 'a defect on our side');
    else if (error.cause !== undefined)
      log.warn({ event: 'request_failed', request_id: requestId, err: thrown }, 'request failed');
    // Half an answer is out already: only cutting the connection says that the rest is missing.
    if (response.headersSent) next(thrown);
    else sendError(response, error);
  };
}

/** Express marks what it could not parse with a 4xx `status`. */
function isClientFault(thrown: unknown): boolean {
  if (thrown instanceof SttError || typeof thrown !== 'object' || thrown === null || !('status' in thrown))
    return false;
  return typeof thrown.status === 'number' && thrown.status >= 400 && thrown.status < 500;
}

/** The same answer on a socket that never became an express request: a refused upgrade, or bytes that are not HTTP. */
export function writeErrorAndClose(socket: Duplex, error: SttError, requestId: string): void {
  const body = JSON.stringify(toHttpErrorBody(error, { requestId, atMs: Date.now() }));
  const status = error.row.httpStatus;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
