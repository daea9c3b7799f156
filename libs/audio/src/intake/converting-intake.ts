import type { AudioChunk, AudioFormat, AudioIntake, IntakeStart } from '../intake.ts';
import { PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import type { RangeResampler } from '../resampling/range-resampler.ts';
import { createChunkRenderer, type RenderedChunk } from './chunk-renderer.ts';
import { createFrameDecoder } from './frame-decoder.ts';

/**
 * Decodes and resamples.
 * @throws RangeError when the start's sample and bytes do not belong together.
 */
export function createConvertingIntake(
  format: AudioFormat,
  resampler: RangeResampler,
  start: IntakeStart,
): AudioIntake {
  const decoder = createFrameDecoder(format);
  const inputFrame = start.clientBytes / decoder.frameBytes;
  refuseContradiction(format, start.sample, inputFrame);
  const renderer = createChunkRenderer(format, resampler, { sample: start.sample, inputFrame });

  const toChunk = ({ endSample, pcm, inputDone }: RenderedChunk): AudioChunk => ({
    endSample,
    pcm,
    clientBytes: inputDone * decoder.frameBytes,
  });

  return {
    accept(bytes) {
      renderer.append(decoder.decode(bytes));
      const chunks: AudioChunk[] = [];
      for (let chunk = renderer.next(); chunk !== undefined; chunk = renderer.next()) chunks.push(toChunk(chunk));
      return chunks;
    },
    flush() {
      const chunk = renderer.rest();
      return chunk === undefined ? undefined : toChunk(chunk);
    },
    get danglingBytes() {
      return decoder.danglingBytes;
    },
  };
}

/** A chunk ends less than one sample, of either rate, beside the instant of its last byte. */
function refuseContradiction({ sampleRateHz }: AudioFormat, sample: number, frames: number): void {
  const ratio = sampleRateHz / PIPELINE_SAMPLE_RATE_HZ;
  if (Number.isInteger(frames) && Math.abs(sample * ratio - frames) < Math.max(1, ratio)) return;
  throw new RangeError(`an intake cannot start at sample ${sample} and input frame ${frames} of ${sampleRateHz} Hz`);
}
