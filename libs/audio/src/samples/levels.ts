/** 20 ms at 16 kHz: long enough for a period of any voice, short enough to find a pause between two words. */
const BIN_SAMPLES = 320;

/** What digital silence is reported as: 4 dB below the noise of 16 bits, and a number that JSON and averages can carry. */
export const SILENCE_DBFS = -100;

/**
 * Measures loudness: the RMS of each bin, in decibels below full scale.
 * Shape: one number per whole bin and one for a shorter rest; a full-scale square wave is 0, a full-scale sine −3.01,
 * silence {@link SILENCE_DBFS}.
 */
export function levelsDbfs(samples: Float32Array, binSamples = BIN_SAMPLES): number[] {
  const levels: number[] = [];
  for (let start = 0; start < samples.length; start += binSamples) {
    const end = Math.min(start + binSamples, samples.length);
    let energy = 0;
    for (let index = start; index < end; index += 1) energy += (samples[index] as number) ** 2;
    levels.push(Math.max(SILENCE_DBFS, 10 * Math.log10(energy / (end - start))));
  }
  return levels;
}
