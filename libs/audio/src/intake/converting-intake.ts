import type { AudioChunk, AudioFormat, AudioIntake, IntakeStart } from '../intake.ts';
import { CHUNK_SAMPLES, PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import type { RangeResampler } from '../resampling/range-resampler.ts';
import { toInterleavedPcm16 } from '../samples/pcm16.ts';
import { createFrameDecoder } from './frame-decoder.ts';
import { createSampleWindow } from './sample-window.ts';

/**
 * Decodes and resamples. Positions count from the session's beginning, over resumptions too: output sample n stands for the
 * instant of input frame n × rate / 16000, and each chunk is computed from the input around it alone, so that neither the
 * cuts of the client nor a flush shows in the chunks that follow.
 * @throws RangeError when the start's sample and bytes do not belong together.
 */
export function createConvertingIntake(
  format: AudioFormat,
  resampler: RangeResampler,
  start: IntakeStart,
): AudioIntake {
  const { marginSamples, inputPeriod, outputPeriod } = resampler;
  const decoder = createFrameDecoder(format);
  let received = start.clientBytes / decoder.frameBytes;
  let produced = start.sample;
  refuseContradiction(format, produced, received);

  const inputBefore = (output: number) => Math.floor((output * format.sampleRateHz) / PIPELINE_SAMPLE_RATE_HZ);
  const firstPeriod = () => Math.max(0, Math.floor((inputBefore(produced) - marginSamples) / inputPeriod));
  const windows = Array.from({ length: format.channels }, () =>
    createSampleWindow(firstPeriod() * inputPeriod, received),
  );

  const produce = (count: number, inputDone: number): AudioChunk => {
    const period = firstPeriod();
    const inputEnd = Math.min(received, inputBefore(produced + count) + marginSamples);
    const skip = produced - period * outputPeriod;
    const rendered = windows.map((window) =>
      resampler.render(window.view(period * inputPeriod, inputEnd), skip, count),
    );
    produced += count;
    for (const window of windows) window.release(firstPeriod() * inputPeriod);
    return {
      endSample: produced,
      pcm: toInterleavedPcm16(rendered),
      clientBytes: inputDone * decoder.frameBytes,
    };
  };

  return {
    accept(bytes) {
      decoder.decode(bytes).forEach((samples, channel) => windows[channel]?.append(samples));
      received = windows[0]?.end ?? 0;
      const chunks: AudioChunk[] = [];
      for (;;) {
        const inputDone = inputBefore(produced + CHUNK_SAMPLES);
        if (received < inputDone + marginSamples) return chunks;
        chunks.push(produce(CHUNK_SAMPLES, inputDone));
      }
    },
    flush() {
      const count = Math.round((received * PIPELINE_SAMPLE_RATE_HZ) / format.sampleRateHz) - produced;
      return count > 0 ? produce(count, received) : undefined;
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
