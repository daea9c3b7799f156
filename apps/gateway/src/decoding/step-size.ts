import { MEDIA_PIECE_BYTES, PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';

/** How many bytes of a file are decoded at once. */
export interface StepSize {
  readonly bytes: number;
  /** The last step gave so much audio. Units: samples per channel at 16 kHz. */
  note(samples: number): void;
  /** The last step was too much. */
  reset(): void;
}

/** Even silence that is packed as tightly as FLAC allows is less than a minute in so few bytes. */
const SMALLEST_STEP_BYTES = 64;

/** More audio than this from one step, and the next one is smaller: a quarter of a second of work. Units: samples. */
const MUCH_AUDIO_SAMPLES = 20 * PIPELINE_SAMPLE_RATE_HZ;

/**
 * Finds the step for a file from what it gives. Worked failure: 4 KiB of FLAC are a tenth of a second of music and half an hour of silence;
 * one size for both is too much work for one step, or too many steps for the other.
 */
export function createStepSize(): StepSize {
  let bytes = SMALLEST_STEP_BYTES;
  return {
    get bytes() {
      return bytes;
    },
    note(samples) {
      if (samples > MUCH_AUDIO_SAMPLES) bytes = Math.max(SMALLEST_STEP_BYTES, bytes / 2);
      else if (samples < MUCH_AUDIO_SAMPLES / 4) bytes = Math.min(MEDIA_PIECE_BYTES, bytes * 2);
    },
    reset() {
      bytes = SMALLEST_STEP_BYTES;
    },
  };
}
