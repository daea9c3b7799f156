// The one format inside the house
export { PIPELINE_SAMPLE_RATE_HZ, CHUNK_SAMPLES, BYTES_PER_SAMPLE } from './pipeline-format.ts';

// From a client's bytes to 100 ms chunks
export type { AudioChunk, AudioFormat, AudioIntake, IntakeStart } from './intake.ts';
