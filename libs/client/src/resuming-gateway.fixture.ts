import type { WebSocket } from 'ws';
import {
  errorMessage,
  RESUMED,
  STARTED,
  startScriptedGateway,
  type ScriptedGateway,
} from './scripted-gateway.fixture.ts';

/** One connection as the gateway of a test sees it. */
export interface Visit {
  readonly query: URLSearchParams;
  /** Audio bytes and control messages in the order they came over this connection. */
  readonly received: readonly (Uint8Array | string)[];
  /** All audio of this connection, joined. */
  readonly audio: () => Buffer;
  say(message: object): void;
  /** An `error` message and its close. */
  refuse(closeCode: number, code: string, retryAfterMs?: number): void;
  close(code: number): void;
  /** Cuts the connection without a word, as a kill does. */
  cut(): void;
  /** Called after each frame of any kind. */
  onFrame(act: () => void): void;
}

export type VisitScript = (visit: Visit) => void;

export interface ResumingGateway extends ScriptedGateway {
  readonly visits: readonly Visit[];
}

/** A real WebSocket server that follows a script of its own for each connection; the last one also for all that come later. */
export async function startResumingGateway(...scripts: readonly VisitScript[]): Promise<ResumingGateway> {
  const visits: Visit[] = [];
  const gateway = await startScriptedGateway({
    onSocket(socket, request) {
      const visit = toVisit(socket, new URL(request.url ?? '', 'http://gateway').searchParams);
      visits.push(visit);
      scripts[Math.min(visits.length, scripts.length) - 1]?.(visit);
    },
  });
  return { ...gateway, visits };
}

/** What `session_started` is; `part` puts in what a test cares about. */
export function greet(visit: Visit, part: object = {}): void {
  visit.say(
    visit.query.has('session_id') ? { ...RESUMED, audio_bytes: 0, from_seq: 0, ...part } : { ...STARTED, ...part },
  );
}

function toVisit(socket: WebSocket, query: URLSearchParams): Visit {
  const received: (Uint8Array | string)[] = [];
  const watchers: (() => void)[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    received.push(isBinary ? data : (JSON.parse(data.toString()) as { type: string }).type);
    for (const watch of watchers) watch();
  });
  const say = (message: object) => socket.send(JSON.stringify(message));
  return {
    query,
    received,
    audio: () => Buffer.concat(received.filter((frame) => typeof frame !== 'string')),
    say,
    refuse(closeCode, code, retryAfterMs) {
      say(errorMessage(code, `About ${code}.`, retryAfterMs));
      socket.close(closeCode, code);
    },
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
    onFrame: (act) => void watchers.push(act),
  };
}
