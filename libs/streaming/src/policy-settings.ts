import {
  LONGEST_DETECTOR_LAG_SAMPLES,
  SHORTEST_HARD_MAX_SAMPLES,
  SHORTEST_WORD_SAMPLES,
  SOFT_MAX_SAMPLES,
  SPLIT_SEARCH_SAMPLES,
  STITCH_MIN_WORDS,
} from './policy-constants.ts';
import type { PolicyOptions } from './policy-options.ts';

/** The options together with what follows from them. Units: samples at 16 kHz. */
export interface PolicySettings extends PolicyOptions {
  readonly softMaxSamples: number;
  readonly splitSearchSamples: number;
  /** Overlap on each side of a forced split. */
  readonly halfOverlapSamples: number;
  /** Most words that a part may repeat of the part before. */
  readonly stitchMaxWords: number;
}

/**
 * Checks the options and derives the rest.
 *
 * Invariant: the search for a split never reaches back over the split before it (search ≤ ⅓, half overlap ≤ ⅙ of the hard
 * limit), so no history of levels has to be kept in the checkpoint.
 * @throws RangeError naming the option that no policy can work with.
 */
export function settingsOf(options: PolicyOptions): PolicySettings {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${name} is ${value}; give a number of samples from 0 on.`);
    }
  }
  if (options.hardMaxSamples < SHORTEST_HARD_MAX_SAMPLES) {
    throw new RangeError(`hardMaxSamples is ${options.hardMaxSamples}; give at least ${SHORTEST_HARD_MAX_SAMPLES}.`);
  }
  if (options.detectorLagSamples > LONGEST_DETECTOR_LAG_SAMPLES) {
    throw new RangeError(
      `detectorLagSamples is ${options.detectorLagSamples}; give at most ${LONGEST_DETECTOR_LAG_SAMPLES}.`,
    );
  }
  const isWindowed = options.recognizer === 'windowed';
  const { hardMaxSamples, overlapSamples } = options;
  return {
    ...options,
    softMaxSamples: Math.min(SOFT_MAX_SAMPLES, Math.floor((hardMaxSamples * 2) / 3)),
    splitSearchSamples: Math.min(SPLIT_SEARCH_SAMPLES, Math.floor(hardMaxSamples / 3)),
    halfOverlapSamples: isWindowed ? Math.min(Math.floor(overlapSamples / 2), Math.floor(hardMaxSamples / 6)) : 0,
    stitchMaxWords: isWindowed ? Math.max(STITCH_MIN_WORDS, Math.ceil(overlapSamples / SHORTEST_WORD_SAMPLES) + 1) : 0,
  };
}
