import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ErrorCode, ServerMessage } from '@verbatim/protocol';
import { transcription } from '../src/captions/transcription.fixture.ts';

/** What the gateway does in a test: called once per connection, after `session_started` or `session_resumed`. */
export type GatewayScript = (connection: ScriptedConnection) => void;

export interface ScriptedConnection {
  readonly query: URLSearchParams;
  /** 1 for the first connection to this gateway. */
  readonly number: number;
  send(message: ServerMessage): void;
  /** An error message and the close that follows it. */
  refuse(code: ErrorCode, sentence: string, closeCode: number): void;
  close(code: number): void;
  /** Cuts the connection without a word. */
  cut(): void;
  onAudio(take: (receivedBytes: number) => void): void;
  onEnd(act: () => void): void;
}

export interface GatewayManners {
  /** Whether a connection gets a session before the script runs. Default true. */
  readonly greets?: boolean;
  /** Units: seconds. */
  readonly resumeWindowS?: number;
}

/** A real WebSocket server on a free port that says what its script says; it resumes every session at its first byte. */
export async function startGateway(
  script: GatewayScript,
  { greets = true, resumeWindowS = 300 }: GatewayManners = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  let connections = 0;
  server.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '', 'ws://gateway').searchParams;
    connections += 1;
    if (greets) socket.send(JSON.stringify(greeting(query, resumeWindowS)));
    script(toConnection(socket, query, connections));
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers `end` with two finals, the whole transcript and close 1000. */
export const recogniseTwoSentences: GatewayScript = (connection) => {
  let receivedBytes = 0;
  connection.onAudio((bytes) => (receivedBytes = bytes));
  connection.onEnd(() => {
    connection.send({ type: 'speech_started', at_ms: 0, channel: 0 });
    connection.send(transcription({ text: 'hel', revision: 1 }));
    connection.send(transcription({ text: 'Hello.', is_final: true, seq: 1, end_ms: 500 }));
    connection.send(transcription({ text: 'Good bye.', is_final: true, segment_id: 1, seq: 2, end_ms: 1000 }));
    connection.send({
      type: 'session_ended',
      session_id: 's',
      text: 'Hello. Good bye.',
      confidence: null,
      language: 'en',
      audio_ms: Math.round(receivedBytes / 32),
      segments: 2,
      reason: 'client_end',
      seq: 3,
    });
    connection.close(1000);
  });
};

function toConnection(socket: WebSocket, query: URLSearchParams, number: number): ScriptedConnection {
  let receivedBytes = 0;
  socket.on('message', (data: Buffer, isBinary) => (receivedBytes += isBinary ? data.length : 0));
  const send = (message: ServerMessage) => socket.send(JSON.stringify(message));
  return {
    query,
    number,
    send,
    refuse(code, sentence, closeCode) {
      send({
        type: 'error',
        error: sentence,
        timestamp: 1,
        code,
        retryable: false,
        retry_after_ms: null,
        request_id: 'r',
      });
      socket.close(closeCode, code);
    },
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
    onAudio: (take) =>
      socket.on('message', (_data: Buffer, isBinary) => {
        if (isBinary) take(receivedBytes);
      }),
    onEnd: (act) =>
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary && data.toString() === '{"type":"end"}') act();
      }),
  };
}

function greeting(query: URLSearchParams, resumeWindowS: number): ServerMessage {
  const session = {
    session_id: `s00-${'0'.repeat(32)}`,
    resume_token: 't',
    resume_window_s: resumeWindowS,
    epoch: 'e',
  };
  if (query.has('session_id')) {
    const fromSeq = Number(query.get('last_seq'));
    return { type: 'session_resumed', recovered: true, audio_bytes: 0, from_seq: fromSeq, ...session };
  }
  return {
    type: 'session_started',
    language: 'en',
    provider: 'local',
    sample_rate: Number(query.get('sample_rate') ?? 16_000),
    chunk_size: 1024,
    encoding: 'pcm_s16le',
    channels: 1,
    ...session,
  };
}
