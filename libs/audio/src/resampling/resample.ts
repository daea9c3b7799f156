import { openRangeResampler } from './range-resampler.ts';

/** Bounds the WASM memory that a long recording takes. Units: output samples. */
const BLOCK_SAMPLES = 65_536;

/**
 * Converts a whole recording from one sample rate to another.
 * Shape: `samples.length × toHz / fromHz` samples, rounded; sample n lies at n / toHz.
 */
export async function resample(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  if (fromHz === toHz) return samples.slice();
  const resampler = await openRangeResampler(fromHz, toHz);
  const { marginSamples, inputPeriod, outputPeriod } = resampler;
  const output = new Float32Array(Math.round((samples.length * toHz) / fromHz));
  for (let start = 0; start < output.length; start += BLOCK_SAMPLES) {
    const end = Math.min(start + BLOCK_SAMPLES, output.length);
    const firstPeriod = Math.max(0, Math.floor(((start * fromHz) / toHz - marginSamples) / inputPeriod));
    const input = samples.subarray(firstPeriod * inputPeriod, Math.ceil((end * fromHz) / toHz) + marginSamples);
    output.set(resampler.render(input, start - firstPeriod * outputPeriod, end - start), start);
  }
  return output;
}
