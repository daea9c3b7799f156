/** A decoded audio file. */
export interface AudioFile {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** One array per channel, −1…1. */
  readonly samples: readonly Float32Array[];
  readonly durationSeconds: number;
}
