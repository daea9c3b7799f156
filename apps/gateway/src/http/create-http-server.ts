import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SttError } from '@verbatim/protocol';
import type { Express } from 'express';
import type { StreamEndpoint } from '../native/stream-endpoint.ts';
import { writeErrorAndClose } from './error-answers.ts';
import { requestIdOf } from './request-id.ts';

/** A client that sends its headers slower than this is no client (slowloris). */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Longer than the idle time of common load balancers (60 s), which else reuse a connection in the moment it closes. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

const STREAM_PATH = '/stt/stream';

/** One port for both: plain requests go to express, upgrades of the stream's address to the endpoint. */
export function createHttpServer(app: Express, stream: Pick<StreamEndpoint, 'accept'>): Server {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    app,
  );
  server.on('upgrade', (request, socket, head) => routeUpgrade(stream, request, socket, head));
  server.on('clientError', (error, socket) => refuseBytes(error, socket));
  return server;
}

function routeUpgrade(
  stream: Pick<StreamEndpoint, 'accept'>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  // Until ws has taken the socket a reset would be an uncaught error.
  socket.on('error', () => socket.destroy());
  const requestId = requestIdOf(request);
  const [path = '', query = ''] = splitAtQuery(request.url ?? '');
  if (path !== STREAM_PATH) {
    writeErrorAndClose(
      socket,
      new SttError('not_found', `There is no WebSocket at this address; it is ${STREAM_PATH}.`),
      requestId,
    );
  } else if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    writeErrorAndClose(
      socket,
      new SttError('bad_request', 'Only an upgrade to websocket is possible here.'),
      requestId,
    );
  } else {
    stream.accept({ request, socket, head, requestId, query: new URLSearchParams(query) });
  }
}

/** A handshake that ws refuses, in the shape of every other error. */
export function refuseHandshake(_error: Error, socket: Duplex, request: IncomingMessage): void {
  const sentence = 'The WebSocket handshake is not valid: send GET with version 13 and a key of 16 bytes in base64.';
  writeErrorAndClose(socket, new SttError('bad_request', sentence), requestIdOf(request));
}

function splitAtQuery(url: string): readonly [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

/** Bytes that are not HTTP, or headers without end. */
function refuseBytes(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const requestId = requestIdOf({ headers: {} } as IncomingMessage);
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return writeErrorAndClose(socket, tooSlow(), requestId);
  writeErrorAndClose(
    socket,
    new SttError('bad_request', 'This is not a request that can be read; check it against HTTP/1.1.'),
    requestId,
  );
}

function tooSlow(): SttError {
  const seconds = REQUEST_TIMEOUT_MS / 1000;
  return new SttError(
    'start_timeout',
    `The request did not arrive within ${seconds} s: send uploads in smaller chunks.`,
  );
}
