import { SttError } from '@verbatim/protocol';
import type { AudioFormat, AudioIntake, IntakeStart } from '../intake.ts';
import { PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import { openRangeResampler } from '../resampling/range-resampler.ts';
import { createConvertingIntake } from './converting-intake.ts';
import { createCopyingIntake } from './copying-intake.ts';

const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;
const MOST_CHANNELS = 2;

/**
 * Opens the way from a client's raw audio to 16 kHz chunks.
 * @param start where a resumed session goes on; without it at the beginning.
 * @throws SttError `audio_unsupported` for a rate or a number of channels out of range.
 */
export async function createAudioIntake(
  format: AudioFormat,
  start: IntakeStart = { sample: 0, clientBytes: 0 },
): Promise<AudioIntake> {
  const { encoding, sampleRateHz, channels } = format;
  refuseOutOfRange('sample_rate', sampleRateHz, LOWEST_RATE_HZ, HIGHEST_RATE_HZ);
  refuseOutOfRange('channels', channels, 1, MOST_CHANNELS);
  const isPipelineRate = sampleRateHz === PIPELINE_SAMPLE_RATE_HZ;
  if (isPipelineRate && encoding === 'pcm_s16le') return createCopyingIntake(channels, start);
  const resampler = await openRangeResampler(sampleRateHz, PIPELINE_SAMPLE_RATE_HZ);
  return createConvertingIntake(format, resampler, start);
}

function refuseOutOfRange(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const allowed = `a whole number from ${min} to ${max}`;
  throw new SttError('audio_unsupported', `The audio's ${field} is ${value}; allowed is ${allowed}.`, { field });
}
