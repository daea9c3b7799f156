import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';

const SAMPLES_PER_MS = PIPELINE_SAMPLE_RATE_HZ / 1000;

/** A position in the audio as clients see it. Units: whole milliseconds. */
export function toMs(samples: number): number {
  return Math.max(0, Math.round(samples / SAMPLES_PER_MS));
}

export function toSamples(ms: number): number {
  return Math.round(ms * SAMPLES_PER_MS);
}
