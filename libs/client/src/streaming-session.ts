import type { ServerMessage, SessionConfig, SessionResumed, SessionStarted } from '@verbatim/protocol';

export interface StreamingSessionOptions {
  /** Base address of a gateway: `http://…`, `https://…`, `ws://…`, `wss://…`; the path is added. */
  readonly url: string;
  readonly config?: Partial<SessionConfig>;
  readonly resume?: { readonly sessionId: string; readonly resumeToken: string; readonly lastSeq: number };
  readonly signal?: AbortSignal;
}

/** One native-protocol session over one WebSocket. Iterate it for every server message; it ends when the socket closes. */
export interface StreamingSession extends AsyncIterable<ServerMessage> {
  readonly opened: SessionStarted | SessionResumed;
  /** Resolves once the socket's own buffer has room again. */
  sendAudio(bytes: Uint8Array): Promise<void>;
  finalize(): void;
  end(): void;
  keepAlive(): void;
  /** Closes without `end`: the session can be resumed. */
  close(): void;
  /** Resolves with the close code and reason; never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}
