import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a test's gateway does with a connection. */
export interface GatewayScript {
  readonly onSocket?: (socket: WebSocket, request: IncomingMessage) => void;
  /** Answers every upgrade with these bytes instead, as a gateway that does not admit a session, or a stranger's web server. */
  readonly refusal?: string;
}

/** A real WebSocket server on a free port that follows a script instead of recognising speech. */
export interface ScriptedGateway {
  readonly url: string;
  close(): Promise<void>;
}

export const STARTED = {
  type: 'session_started',
  session_id: `s07-${'0'.repeat(32)}`,
  language: 'en',
  provider: 'local',
  sample_rate: 16_000,
  chunk_size: 1024,
  encoding: 'pcm_s16le',
  channels: 1,
  resume_token: 'token-1',
  resume_window_s: 300,
  epoch: 'e1',
} as const;

export const RESUMED = {
  type: 'session_resumed',
  recovered: true,
  session_id: STARTED.session_id,
  epoch: 'e1',
  audio_bytes: 96_000,
  from_seq: 9,
  resume_token: 'token-2',
  resume_window_s: 300,
} as const;

export function errorMessage(code: string, error: string, retryAfterMs: number | null = null) {
  return {
    type: 'error',
    error,
    timestamp: 1758305652.38463,
    code,
    retryable: true,
    retry_after_ms: retryAfterMs,
    request_id: 'r1',
  };
}

/** The raw answer to an upgrade that is refused. */
export function refusalOf(status: string, body: string, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status}`, 'Connection: close', ...headers, '', body].join('\r\n');
}

export async function startScriptedGateway({ onSocket, refusal }: GatewayScript): Promise<ScriptedGateway> {
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (refusal === undefined) sockets.handleUpgrade(request, socket, head, (opened) => onSocket?.(opened, request));
    else socket.end(refusal);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
