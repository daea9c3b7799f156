import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SttError } from '@verbatim/protocol';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { NativeConnection } from './connection.ts';
import { drainSessions } from './drain.ts';
import { NativeSession } from './native-session.ts';
import { startRounds } from './rounds.ts';
import { spreadRetryMs } from '../retry-after.ts';
import { storageGone } from '../public-error.ts';
import { sentAway, tooManyConnections } from './session-errors.ts';
import type { SessionParts } from './session-parts.ts';

/** One upgrade request for `/stt/stream`. */
export interface StreamUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly requestId: string;
  readonly query: URLSearchParams;
}

/** `WS /stt/stream`: every native connection of this process. */
export interface StreamEndpoint {
  /** Connections, those that are being closed included. */
  readonly connections: number;
  /** Accepts the WebSocket and then opens its session: what is wrong is told in messages, which browsers can see. */
  accept(upgrade: StreamUpgrade): void;
  /** Sends every client away, spread over `drainMs`; an aborted `hurry` sends the rest at once. */
  drain(drainMs: number, hurry: AbortSignal): Promise<void>;
}

export interface StreamEndpointOptions extends SessionParts {
  /** A handshake that ws itself refuses, for example without a key; the socket is still open. */
  readonly onBadHandshake: (error: Error, socket: Duplex, request: IncomingMessage) => void;
}

export function createStreamEndpoint(options: StreamEndpointOptions): StreamEndpoint {
  const { limits, nowMs, backbone, log } = options;
  const requestIds = new WeakMap<IncomingMessage, string>();
  let isDraining = false;
  const rounds = startRounds({
    roundMs: limits.roundMs,
    keepAliveIntervalMs: limits.keepAliveIntervalMs,
    nowMs,
    keepAlive: (sessionIds) => backbone.keepAlive(sessionIds),
    onFailure: (error) =>
      log.warn({ event: 'round_failed', err: error }, 'looking after the sessions failed; going on'),
  });
  backbone.onReconnected(() => rounds.keepAliveNow());
  const server = createWebSocketServer(options, requestIds);

  /** Why nobody is let in just now; a resume is refused for these as well. */
  const obstacle = (): SttError | undefined => {
    if (isDraining) return sentAway();
    if (rounds.size >= limits.maxConnections) return tooManyConnections(limits.maxConnections, spreadRetryMs());
    const { downSinceMs } = options.storage;
    // A cut that is mended at once is not worth a refusal: the session is opened when it is.
    const isStorageAway = downSinceMs !== undefined && nowMs() - downSinceMs >= limits.degradedAfterMs;
    return isStorageAway ? storageGone() : undefined;
  };

  const welcome = (socket: WebSocket, { requestId, query }: StreamUpgrade): void => {
    const client = new NativeConnection(socket, { requestId, limits, nowMs: nowMs() });
    const session = new NativeSession(options, client);
    const refusal = obstacle();
    rounds.add(session);
    socket.once('close', () => rounds.remove(session));
    if (refusal === undefined) void session.enter(query);
    else session.refuse(refusal);
  };

  return {
    get connections() {
      return rounds.size;
    },
    accept(upgrade) {
      const { request, socket, head } = upgrade;
      requestIds.set(request, upgrade.requestId);
      server.handleUpgrade(request, socket, head, (webSocket) => welcome(webSocket, upgrade));
    },
    async drain(drainMs, hurry) {
      isDraining = true;
      await drainSessions(() => rounds.all(), {
        drainMs,
        hurry,
        closeTimeoutMs: limits.closeTimeoutMs,
        random: Math.random,
      });
      rounds.stop();
    },
  };
}

function createWebSocketServer(
  { limits, onBadHandshake }: StreamEndpointOptions,
  requestIds: WeakMap<IncomingMessage, string>,
): WebSocketServer {
  // Newer than the types: both bounds exist in ws 8.23.
  const options: ServerOptions & { readonly maxFragments: number; readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    maxFragments: limits.maxFragments,
    closeTimeout: limits.closeTimeoutMs,
    // No subprotocol is spoken, and what a client offers there may be a secret: nothing is echoed.
    handleProtocols: () => false,
  };
  const server = new WebSocketServer(options);
  server.on('headers', (headers, request) => headers.push(`x-request-id: ${requestIds.get(request) ?? ''}`));
  server.on('wsClientError', onBadHandshake);
  return server;
}
