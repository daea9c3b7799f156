import type { ServerMessage, SttError } from '@verbatim/protocol';
import type { ConnectionState, StreamOutcome } from './stream-outcome.ts';

/** How a connection came to its end. */
export interface LinkClose {
  /** Close code; 1006 where there was none. A refused upgrade has the code of its row in the error table. */
  readonly code: number;
  readonly reason: string;
  /** What is known beyond the code, such as that nobody listens at the address. */
  readonly failure?: SttError;
}

/** What time and chance it is, brought along by the shell: the core has no clock and no dice. */
export interface Moment {
  /** Monotonic. Units: milliseconds. */
  readonly atMs: number;
  /** Evenly distributed in [0, 1): the jitter of whatever this event leads to. */
  readonly chance: number;
}

/** What happens to a stream. */
export type StreamEvent = Moment &
  (
    | { readonly kind: 'Started' }
    | { readonly kind: 'AudioOffered'; readonly bytes: number }
    | { readonly kind: 'FinalizeAsked' }
    | { readonly kind: 'EndAsked' }
    | { readonly kind: 'CloseAsked' }
    | { readonly kind: 'MessageReceived'; readonly message: ServerMessage }
    | { readonly kind: 'LinkClosed'; readonly close: LinkClose }
    /** The reader is further behind than the bound on unread messages. */
    | { readonly kind: 'ReaderOverrun' }
    /** The time of {@link nextDueMs} has come, or something near it. */
    | { readonly kind: 'TimePassed' }
  );

/** Where a new connection goes on. */
export interface ResumePoint {
  readonly sessionId: string;
  readonly resumeToken: string;
  readonly lastSeq: number;
}

/** What a shell has to do, in this order. Byte positions count the audio of the whole session. */
export type StreamEffect =
  | { readonly kind: 'Connect'; readonly urlIndex: number; readonly resume: ResumePoint | undefined }
  /** Lets go of the connection; nothing that it still says counts. */
  | { readonly kind: 'Disconnect' }
  | { readonly kind: 'SendAudio'; readonly fromByte: number; readonly toByte: number }
  | { readonly kind: 'SendControl'; readonly control: 'finalize' | 'end' | 'keepalive' }
  /** Audio before this byte is not needed any more. */
  | { readonly kind: 'TrimAudio'; readonly beforeByte: number }
  | { readonly kind: 'Deliver'; readonly message: ServerMessage }
  | { readonly kind: 'TellConnection'; readonly connection: ConnectionState }
  /** The last effect of all. */
  | { readonly kind: 'Finish'; readonly outcome: StreamOutcome };
