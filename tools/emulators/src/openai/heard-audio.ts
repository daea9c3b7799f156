import { PIPELINE_SAMPLE_RATE_HZ, readAudioFile, resample } from '@verbatim/audio';
import { OpenAiError } from './open-ai-error.ts';

/** OpenAI refuses less. Units: seconds. */
const SHORTEST_SECONDS = 0.1;

/**
 * Reads an uploaded recording as 16 kHz mono.
 * @throws OpenAiError 400 for what is no recording or too short.
 */
export async function readUpload(bytes: Uint8Array | undefined): Promise<Float32Array> {
  if (bytes === undefined) throw new OpenAiError('A file is required.', { status: 400, param: 'file' });
  const file = await readAudioFile(bytes).catch(() => {
    throw new OpenAiError('Invalid file format.', { status: 400, param: 'file' });
  });
  if (file.durationSeconds < SHORTEST_SECONDS) {
    const message = `Audio file is too short. Minimum audio length is ${SHORTEST_SECONDS} seconds.`;
    throw new OpenAiError(message, { status: 400, param: 'file', code: 'audio_too_short' });
  }
  const mono = mixed(file.samples);
  const isAsWanted = file.sampleRateHz === PIPELINE_SAMPLE_RATE_HZ;
  return isAsWanted ? mono : resample(mono, file.sampleRateHz, PIPELINE_SAMPLE_RATE_HZ);
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0)] = channels;
  if (channels.length === 1) return first;
  return first.map((_, at) => channels.reduce((sum, samples) => sum + (samples[at] ?? 0), 0) / channels.length);
}
