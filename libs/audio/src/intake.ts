/** What a client says its raw audio is. */
export interface AudioFormat {
  readonly encoding: 'pcm_s16le' | 'pcm_f32le' | 'mulaw' | 'alaw';
  /** 8000–48000 Hz. */
  readonly sampleRateHz: number;
  /** 1 or 2; two channels stay interleaved and are transcribed apart. */
  readonly channels: number;
}

/**
 * 16 kHz audio ready to append. Shape: exactly {@link CHUNK_SAMPLES} per channel; the chunk of a flush is shorter, or, where the
 * rate is converted, up to 128 samples longer, as it also holds what the filter had kept back.
 */
export interface AudioChunk {
  /** Position after this chunk. Units: samples per channel at 16 kHz since the session began. */
  readonly endSample: number;
  /** s16le, interleaved; an own copy that nothing else writes to. */
  readonly pcm: Uint8Array;
  /**
   * Client bytes that need not be sent again: what `ack.audio_bytes` reports. Raw audio: those that this and all earlier chunks stand for.
   * Packed audio: where a fresh decoder must begin to give what follows this chunk; that lies a little before its end.
   */
  readonly clientBytes: number;
  /**
   * Packed audio only: what a decoder that begins at `clientBytes` gives first. Units: samples per channel at the audio's own rate, since
   * the session began.
   */
  readonly restartFrame?: number;
}

/** Where a resumed session goes on. */
export interface IntakeStart {
  readonly sample: number;
  readonly clientBytes: number;
  /** Packed audio only. @see AudioChunk.restartFrame */
  readonly restartFrame?: number;
}

/** Turns a client's frames, cut anywhere, into 100 ms chunks of 16 kHz audio. */
export interface AudioIntake {
  /**
   * Takes bytes in and gives the chunks that they complete: none until 100 ms are there.
   * @throws SttError `audio_undecodable` for pcm_f32le whose numbers cannot be audio; the other encodings never fail.
   */
  accept(bytes: Uint8Array): readonly AudioChunk[];
  /**
   * The rest as one chunk; `undefined` when there is none. More audio may follow: the positions go on without a gap.
   * Invariant: the samples so far are then the input frames × 16000 / rate, rounded.
   */
  flush(): AudioChunk | undefined;
  /** Bytes of an incomplete sample (of all channels) that wait for their other half. */
  readonly danglingBytes: number;
}
