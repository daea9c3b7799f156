import type { SessionEnded, SttError } from '@verbatim/protocol';

/** How a stream ended, once and for all. */
export type StreamOutcome =
  /** The gateway closed with 1000; `ended` is its last message, which holds the whole transcript. */
  | { readonly kind: 'ended'; readonly ended: SessionEnded | undefined }
  /** By {@link TranscriptionStream.close} or the signal; the session was not asked to end. */
  | { readonly kind: 'closed' }
  /** The gateway said stop, or the connection could not be had back. */
  | { readonly kind: 'failed'; readonly error: SttError };

/** Where the connection stands, for whoever shows it. */
export type ConnectionState =
  /** The first connection is being made. */
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly isResumed: boolean }
  /** The connection is gone; audio is kept and sent after the resume. The next try is in `retryInMs`. */
  | {
      readonly state: 'resuming';
      readonly reason: SttError;
      /** 1 for the first try after a connection that worked. */
      readonly attempt: number;
      readonly retryInMs: number;
    }
  | { readonly state: 'closed'; readonly outcome: StreamOutcome };
