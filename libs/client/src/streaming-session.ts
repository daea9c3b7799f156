import type { ServerMessage, SessionConfig, SessionResumed, SessionStarted } from '@verbatim/protocol';

export interface StreamingSessionOptions {
  /** Base address of a gateway: `http://…`, `https://…`, `ws://…`, `wss://…`; the path is added. */
  readonly url: string;
  readonly config?: Partial<SessionConfig>;
  readonly resume?: { readonly sessionId: string; readonly resumeToken: string; readonly lastSeq: number };
  /** Aborting gives up the opening, or closes the session as {@link StreamingSession.close} does. */
  readonly signal?: AbortSignal;
}

/**
 * One native-protocol session over one WebSocket. Iterate it for every server message, the opening one first; it ends when the
 * socket closes. Invariant: one reader; messages wait for it, and beyond 10,000 the socket is read no further until it reads.
 */
export interface StreamingSession extends AsyncIterable<ServerMessage> {
  readonly opened: SessionStarted | SessionResumed;
  /**
   * Sends audio; resolves once the socket's own buffer has room again. The bytes may be reused at once.
   * @throws SttError when the connection is closed, with the gateway's reason if it gave one.
   */
  sendAudio(bytes: Uint8Array): Promise<void>;
  /** Asks for finals of all audio so far. Like `end` and `keepAlive` it does nothing once the socket is closed. */
  finalize(): void;
  end(): void;
  keepAlive(): void;
  /** Closes without `end`: the session can be resumed. */
  close(): void;
  /** Resolves with the close code and reason; never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}
