/** A place where a fresh decoder can begin. */
export interface RestartPoint {
  /** Units: bytes of the client's stream. */
  readonly clientBytes: number;
  /** What such a decoder gives first. Units: frames since the file began. */
  readonly frame: number;
}

/** Sound that follows what came before without a gap. A frame is one sample of every channel, at the file's own rate. */
export interface DecodedBlock {
  /** First frame of the block, counted from where the file's sound begins. */
  readonly frame: number;
  /** One array per channel of the file, −1…1. */
  readonly samples: readonly Float32Array[];
  /** Where a decoder must begin to give this block as it stands here, the codec's own pre-roll included. */
  readonly restart?: RestartPoint;
  /** Where frames lie in equal bytes one after the other: a decoder can begin at every one of them. */
  readonly frameBytes?: number;
}

/** What the head of a file says. */
export interface TrackFormat {
  /** Rate of the decoded blocks: for Opus the house's rate, whatever it was recorded at. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** What the file says of its own length, if it does. Units: frames. */
  readonly totalFrames?: number;
}

/**
 * One file's sound, from bytes cut anywhere. A track knows nothing of sessions: its frames count from the beginning of the file.
 * Invariant: memory is bounded, whatever the file says of itself; the work is bounded by the bytes and by the sound that is taken.
 */
export interface MediaTrack {
  /** Known as soon as the head has been read, and before the first block. */
  readonly format: TrackFormat | undefined;
  /** What a later decoder needs of the head; complete when `format` is known and never changed then. */
  readonly setup: Uint8Array;
  /**
   * The blocks these bytes complete. The caller takes all or gives the track up.
   * @throws SttError `audio_undecodable`, `audio_unsupported`
   */
  decode(bytes: Uint8Array): Iterable<DecodedBlock>;
  /** The blocks that were held back for the sake of what might follow. @throws SttError as `decode` */
  end(): Iterable<DecodedBlock>;
  free(): void;
}

/** Where a track begins. */
export interface TrackStart {
  /** Place of the file's first byte in the client's stream, or of the restart. */
  readonly clientBytes: number;
  /** The beginning that another decoder read, and what comes first from here. */
  readonly resumed?: { readonly setup: Uint8Array; readonly frame: number };
}
