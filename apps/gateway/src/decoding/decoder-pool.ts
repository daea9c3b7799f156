import type { AudioChunk, MediaFormat, MediaStart } from '@verbatim/audio';

/** What a decoder gave for some bytes. */
export interface DecodedPiece {
  readonly chunks: readonly AudioChunk[];
  /** The beginning of the file that a later decoder needs; complete as soon as there is a chunk, and the same from then on. */
  readonly header: Uint8Array;
}

/** One session's or upload's decoder, somewhere in a worker. Calls are answered in their order. */
export interface Decoding {
  /** @throws SttError `audio_undecodable`, `audio_unsupported`, `audio_too_long`; nothing is taken afterwards. */
  accept(bytes: Uint8Array): Promise<DecodedPiece>;
  /** What is decoded and not given out yet, at a mark. */
  flush(): Promise<DecodedPiece>;
  /** No more bytes will come. */
  end(): Promise<DecodedPiece>;
  close(): void;
}

export interface DecodingOptions {
  /** Where a decoder goes on that another one began, there or on another replica. */
  readonly start?: MediaStart | undefined;
  /** Most audio that the bytes may come to. */
  readonly longestSeconds: number;
  /** The whole file comes at once: kinds that cannot be decoded as they arrive are taken too, if ffmpeg is installed. */
  readonly isUpload?: boolean;
}

/** Decoders in workers, so that no file can hurt a neighbour: bounded in time and memory, and replaced when they go beyond. */
export interface DecoderPool {
  open(format: MediaFormat, options: DecodingOptions): Decoding;
  close(): Promise<void>;
}
