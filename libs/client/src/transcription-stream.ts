import type { ServerMessage, SessionConfig, SessionStarted, SessionStatus, Transcription } from '@verbatim/protocol';
import type { ConnectionState, StreamOutcome } from './resuming/stream-outcome.ts';

/** Called one after the other, each in a microtask of its own: one that throws disturbs the stream as little as one that is slow. */
export interface StreamCallbacks {
  /** Interims as they come, finals exactly once and in order. */
  readonly onTranscription?: (message: Transcription) => void;
  /** How well the session is served. */
  readonly onStatus?: (message: SessionStatus) => void;
  /** Every message, those above too. */
  readonly onMessage?: (message: ServerMessage) => void;
  readonly onConnection?: (connection: ConnectionState) => void;
}

export interface TranscriptionStreamOptions extends StreamCallbacks {
  /**
   * Base address of a gateway, or several that share one Redis: `http://…`, `https://…`, `ws://…`, `wss://…`; the path is added.
   * Of several, the next one is tried whenever one fails.
   */
  readonly urls: string | readonly string[];
  readonly config?: Partial<SessionConfig>;
  /** Aborting gives up the opening, or closes the stream as {@link TranscriptionStream.close} does. */
  readonly signal?: AbortSignal;
  /** How long to try for the first connection; 0 tries each address once. Default 0. Units: milliseconds. */
  readonly openWithinMs?: number;
  /** A connection that held for so long makes the next failure a first one, with a short wait. Default 30,000. Units: milliseconds. */
  readonly stableAfterMs?: number;
  /**
   * Acknowledged audio that is kept all the same: a failover of Redis can lose some, and the gateway then asks for it again.
   * Default 30,000; more for audio that is sent faster than it is spoken. Units: milliseconds of audio.
   */
  readonly keepMs?: number;
  /**
   * Audio without acknowledgement at which `sendAudio` waits. Default 30,000. A microphone cannot wait: to bridge longer
   * outages without loss set it to the longest one, at most the resume window. Units: milliseconds of audio.
   */
  readonly mostUnacknowledgedMs?: number;
}

/**
 * One session over as many connections as it takes. Iterate it for every message, each durable one exactly once and in order of
 * `seq`; it ends when the session has ended and throws what ended it otherwise.
 *
 * Invariant: one reader. Without one and with `onTranscription` or `onMessage` nothing waits to be read until an iterator is
 * asked for. Beyond 1,000 unread messages interims and acknowledgements are left out; at 10,000 the stream fails.
 */
export interface TranscriptionStream extends AsyncIterable<ServerMessage> {
  readonly started: SessionStarted;
  readonly connection: ConnectionState;
  /**
   * Takes audio, in order of the calls; resolves when there is room for it, connected or not. The bytes may be reused at once.
   * @throws SttError when the stream is over, with the reason; `bad_request` after {@link end}; `rate_limited` when 1,000
   * pieces wait already.
   */
  sendAudio(bytes: Uint8Array): Promise<void>;
  /** Asks for finals of all audio so far. Asked again at the same place after a resume, if the gateway may not have it. */
  finalize(): void;
  /** No more audio: the finals follow, then `session_ended`, then the stream is over. */
  end(): void;
  /** Lets go of the session without ending it. */
  close(): void;
  /** How the stream ended; never rejects. */
  readonly closed: Promise<StreamOutcome>;
}
