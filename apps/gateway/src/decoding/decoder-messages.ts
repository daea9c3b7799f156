import type { AudioChunk, MediaFormat, MediaLimits, MediaStart } from '@verbatim/audio';
import type { ErrorCode } from '@verbatim/protocol';

/** One step of one stream; the worker answers each, and has only one at a time. */
export type DecoderStep =
  | {
      readonly kind: 'open';
      readonly format: MediaFormat;
      readonly start: MediaStart | undefined;
      readonly limits: MediaLimits;
    }
  | { readonly kind: 'accept'; readonly bytes: Uint8Array }
  | { readonly kind: 'flush' }
  | { readonly kind: 'end' };

/** What the worker is told. `close` is not answered. */
export type DecoderRequest =
  | { readonly kind: 'step'; readonly stream: number; readonly step: DecoderStep }
  | { readonly kind: 'close'; readonly stream: number };

/** A chunk without its samples: they lie in one buffer for all chunks of an answer, which is handed over without a copy. */
export interface ChunkPlace extends Omit<AudioChunk, 'pcm'> {
  readonly pcmBytes: number;
}

/** What a step came to. */
export interface DecodedStep {
  readonly places: readonly ChunkPlace[];
  readonly pcm: Uint8Array;
  /** With the first chunks of a stream only: it does not change afterwards. */
  readonly header: Uint8Array | undefined;
}

/** An error as it crosses the thread. */
export interface DecoderFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: string | undefined;
}

/** What the worker says: once that it is ready, then one answer for each step. */
export type DecoderReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'decoded'; readonly decoded: DecodedStep }
  | { readonly kind: 'failed'; readonly failure: DecoderFailure };
