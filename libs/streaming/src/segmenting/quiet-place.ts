import { LEVEL_SAMPLES, QUIET_WINDOW_LEVELS, SPLIT_KEEP_OUT_SAMPLES } from '../policy-constants.ts';
import type { PolicySettings } from '../policy-settings.ts';

/** The search for the quietest 60 ms, kept as a running minimum: its size does not grow with the utterance. */
export interface QuietSearch {
  /** The last levels, fewer than a window of them. Units: dBFS. */
  readonly recentDbfs: readonly number[];
  readonly best: { readonly atSample: number; readonly levelDbfs: number } | undefined;
}

export const freshSearch: QuietSearch = { recentDbfs: [], best: undefined };

/** Where the utterance may be split once it is too long. */
export interface SplitBounds {
  readonly fromSample: number;
  readonly toSample: number;
}

/** The last 4 s before the hard limit, without the 0.4 s at its end and what the detector has not judged yet. */
export function splitBounds(decodeFromSample: number, settings: PolicySettings): SplitBounds {
  const limitSample = decodeFromSample + settings.hardMaxSamples;
  return {
    fromSample: limitSample - settings.splitSearchSamples,
    toSample: limitSample - SPLIT_KEEP_OUT_SAMPLES - settings.detectorLagSamples,
  };
}

/** Takes the levels of one frame; among equally quiet places the latest wins, so that parts are as long as they may be. */
export function searchFrame(
  search: QuietSearch,
  frame: { readonly fromSample: number; readonly levelsDbfs: readonly number[] },
  bounds: SplitBounds,
): QuietSearch {
  const frameEndSample = frame.fromSample + frame.levelsDbfs.length * LEVEL_SAMPLES;
  if (frameEndSample <= bounds.fromSample) return search;
  let { recentDbfs, best } = search;
  for (const [index, levelDbfs] of frame.levelsDbfs.entries()) {
    const windowDbfs = [...recentDbfs, levelDbfs];
    recentDbfs = windowDbfs.slice(-(QUIET_WINDOW_LEVELS - 1));
    if (windowDbfs.length < QUIET_WINDOW_LEVELS) continue;
    const endSample = frame.fromSample + (index + 1) * LEVEL_SAMPLES;
    const startSample = endSample - QUIET_WINDOW_LEVELS * LEVEL_SAMPLES;
    if (startSample < bounds.fromSample || endSample > bounds.toSample) continue;
    const meanDbfs = windowDbfs.reduce((sum, level) => sum + level, 0) / QUIET_WINDOW_LEVELS;
    if (best !== undefined && meanDbfs > best.levelDbfs) continue;
    best = { atSample: (startSample + endSample) / 2, levelDbfs: meanDbfs };
  }
  return { recentDbfs, best };
}
