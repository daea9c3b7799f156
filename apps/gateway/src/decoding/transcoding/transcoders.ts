import type { IntakeStart } from '@verbatim/audio';
import type { Decoding } from '../decoder-pool.ts';

/** Kinds of file that only another program decodes. */
export type TranscodedKind = 'mp4' | 'aac';

export interface TranscodingOptions {
  /** Channels of the session: at 1 a file's are mixed, at 2 it must have two. */
  readonly channels: number;
  readonly longestSeconds: number;
  /** Where in its session the file begins. */
  readonly start: IntakeStart;
}

/** A program beside ours that decodes what no worker can. */
export interface Transcoders {
  /** Starts the program. @throws SttError `overloaded` when it runs as often as it may */
  open(kind: TranscodedKind, options: TranscodingOptions): Decoding;
  /** Ends whatever runs. */
  close(): Promise<void>;
}
