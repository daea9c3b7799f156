import { CHUNK_SAMPLES, PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import type { RangeResampler } from '../resampling/range-resampler.ts';
import { toInterleavedPcm16 } from '../samples/pcm16.ts';
import { createSampleWindow } from './sample-window.ts';

/** 16 kHz audio and the input that it stands for. */
export interface RenderedChunk {
  /** Position after this chunk. Units: samples per channel at 16 kHz since the session began. */
  readonly endSample: number;
  readonly pcm: Uint8Array;
  /** The input up to here is in this chunk and the earlier ones. Units: input frames since the session began. */
  readonly inputDone: number;
}

/** Input frames of any rate become 100 ms chunks of 16 kHz. */
export interface ChunkRenderer {
  /** Position after the last input frame. */
  readonly received: number;
  /** First input frame that the next chunk is computed from, but for silence. */
  readonly neededFrom: number;
  append(channels: readonly Float32Array[]): void;
  /** The next whole chunk, when the input around it is there. */
  next(): RenderedChunk | undefined;
  /** What is there as one chunk, as if silence followed. */
  rest(): RenderedChunk | undefined;
}

/** Where a renderer goes on: the next output sample, and the first input frame that it will be given. */
export interface RendererStart {
  readonly sample: number;
  readonly inputFrame: number;
}

/**
 * Creates a renderer. Positions count from the session's beginning, over resumptions too: output sample n stands for the instant
 * of input frame n × rate / 16000, and each chunk is computed from the input around it alone, so that neither the cuts of the
 * client nor a flush shows in the chunks that follow.
 */
export function createChunkRenderer(
  { sampleRateHz, channels }: { readonly sampleRateHz: number; readonly channels: number },
  resampler: RangeResampler,
  start: RendererStart,
): ChunkRenderer {
  const { marginSamples, inputPeriod, outputPeriod } = resampler;
  let received = start.inputFrame;
  let produced = start.sample;

  const inputBefore = (output: number) => Math.floor((output * sampleRateHz) / PIPELINE_SAMPLE_RATE_HZ);
  const neededFrom = () => Math.max(0, inputBefore(produced) - marginSamples);
  const firstPeriod = () => Math.floor(neededFrom() / inputPeriod);
  const windows = Array.from({ length: channels }, () =>
    createSampleWindow(Math.min(firstPeriod() * inputPeriod, received), received),
  );

  const produce = (count: number, inputDone: number): RenderedChunk => {
    const period = firstPeriod();
    const inputEnd = Math.min(received, inputBefore(produced + count) + marginSamples);
    const skip = produced - period * outputPeriod;
    const rendered = windows.map((window) =>
      resampler.render(window.view(period * inputPeriod, inputEnd), skip, count),
    );
    // Copied out first: at 16 kHz nothing is converted, and what was rendered is a view of the window that is moved next.
    const pcm = toInterleavedPcm16(rendered);
    produced += count;
    for (const window of windows) window.release(firstPeriod() * inputPeriod);
    return { endSample: produced, pcm, inputDone };
  };

  return {
    get received() {
      return received;
    },
    get neededFrom() {
      return neededFrom();
    },
    append(samples) {
      samples.forEach((lane, channel) => windows[channel]?.append(lane));
      received = windows[0]?.end ?? 0;
    },
    next() {
      const inputDone = inputBefore(produced + CHUNK_SAMPLES);
      return received < inputDone + marginSamples ? undefined : produce(CHUNK_SAMPLES, inputDone);
    },
    rest() {
      const count = Math.round((received * PIPELINE_SAMPLE_RATE_HZ) / sampleRateHz) - produced;
      return count > 0 ? produce(count, received) : undefined;
    },
  };
}
