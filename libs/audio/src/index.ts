// The one format inside the house
export { PIPELINE_SAMPLE_RATE_HZ, CHUNK_SAMPLES, BYTES_PER_SAMPLE } from './pipeline-format.ts';

// From a client's bytes to 100 ms chunks
export { createAudioIntake } from './intake/create-audio-intake.ts';
export { MEDIA_PIECE_BYTES, openMediaIntake, type MediaIntakeOptions } from './media/open-media-intake.ts';
export type { AudioChunk, AudioFormat, AudioIntake, IntakeStart } from './intake.ts';
export type { MediaFormat, MediaIntake, MediaLimits, MediaStart } from './media.ts';
export { LONGEST_MAGIC_BYTES, containerName, detectContainer, type AudioContainer } from './files/container.ts';

// Samples as a recogniser takes them
export { fromPcm16, toInterleavedPcm16, toPcm16 } from './samples/pcm16.ts';
export { createFramer, type AudioFrame, type Framer } from './samples/framer.ts';
export { SILENCE_DBFS, levelsDbfs } from './samples/levels.ts';

// Whole recordings
export { readAudioFile } from './files/read-audio-file.ts';
export type { AudioFile } from './files/audio-file.ts';
export { resample } from './resampling/resample.ts';

// Telephone codes
export { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from './g711.ts';
