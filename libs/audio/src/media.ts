import type { AudioChunk, IntakeStart } from './intake.ts';

/** What a client says its audio is, packed audio included. Shape: as in `session_started`. */
export interface MediaFormat {
  /** `container` says its rate and kind itself; `opus` is one raw packet per `accept`. */
  readonly encoding: 'pcm_s16le' | 'pcm_f32le' | 'mulaw' | 'alaw' | 'opus' | 'container';
  /** Ignored for `container` and `opus`. 8000–48000 Hz. */
  readonly sampleRateHz: number;
  /** Channels the session transcribes: at 1 a file's channels are mixed, at 2 the file must have two. */
  readonly channels: number;
}

/**
 * Where a decoder goes on that another one began: its position, and what that one found at the beginning of the file. With an empty header
 * a new file begins here: its sound lies behind `sample`.
 */
export interface MediaStart extends IntakeStart {
  /** @see MediaIntake.header */
  readonly header: Uint8Array;
}

/** Bounds of what one decoder may cost; beyond them it fails, whatever the file says of itself. */
export interface MediaLimits {
  /** Most audio that the client's bytes may come to, counted from where this decoder began. Units: seconds. */
  readonly longestSeconds: number;
}

/**
 * Turns packed audio, cut anywhere, into 16 kHz chunks; a decoder can be given up at any time and another one go on from the last chunk's
 * `clientBytes`, `restartFrame` and the header. Runs in a worker: it may take long and much memory.
 *
 * Invariant: however the bytes are cut, and wherever a decoder was replaced, the samples are the same (packed audio: within the codec's own
 * tolerance after its pre-roll).
 */
export interface MediaIntake {
  /**
   * The chunks these bytes complete. For `opus` the bytes are exactly one packet.
   * @throws SttError `audio_undecodable`, `audio_unsupported`, `audio_too_long`; it takes nothing afterwards.
   */
  accept(bytes: Uint8Array): readonly AudioChunk[];
  /** What is decoded and not given out yet, at a mark: the next decoder goes on as after any chunk. */
  flush(): readonly AudioChunk[];
  /**
   * No more bytes will come: what was held back for the sake of what might follow is decoded too.
   * @throws SttError `audio_undecodable` when the file is cut off so that nothing of it could be read
   */
  end(): readonly AudioChunk[];
  /**
   * What any later decoder needs of the file's beginning, in a form of its own: complete before the first chunk is given out, and then never
   * changed; empty where nothing is needed (raw samples and packets). Bounded to 64 KiB.
   */
  readonly header: Uint8Array;
  free(): void;
}
