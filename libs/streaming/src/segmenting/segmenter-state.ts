import { PRE_ROLL_SAMPLES } from '../policy-constants.ts';
import type { PolicySettings } from '../policy-settings.ts';
import type { Boundary, ClosedUtterance, OpenUtterance } from './utterance.ts';

/** Where utterances begin and end: a function of the frames and flushes alone. Units: samples at 16 kHz. */
export interface SegmenterState {
  /** End of the last frame. */
  readonly decidedSample: number;
  /** End of the last window the detector judged. */
  readonly windowEndSample: number;
  readonly isSpeaking: boolean;
  /** Where the detector was last reset. */
  readonly resetSample: number;
  readonly flushesAtDecided: number;
  readonly settledSample: number;
  readonly nextSegmentId: number;
  readonly open: OpenUtterance | undefined;
}

export type SegmenterEvent =
  | { readonly type: 'utterance_opened'; readonly speechFromSample: number }
  | {
      readonly type: 'utterance_closed';
      readonly closed: ClosedUtterance;
      readonly speechEndSample: number | undefined;
    }
  | { readonly type: 'silence_passed'; readonly boundary: Boundary };

export interface Segmented {
  readonly segmenter: SegmenterState;
  readonly events: readonly SegmenterEvent[];
}

/**
 * Silence that is certain: the detector has judged audio up to its lag before now, and speech ended as much before the last window
 * it called speech, so the two lags cancel. Making up for the second alone would close an utterance whose speaker has gone on.
 */
export function certainSilenceSamples(state: SegmenterState): number {
  if (state.isSpeaking || state.open === undefined) return 0;
  return state.decidedSample - state.open.lastSpeechSample;
}

/** Silence since speech ended, unless speech went on within the detector's lag: good for a guess. 0 while it hears speech. */
export function likelySilenceSamples(state: SegmenterState, settings: PolicySettings): number {
  if (state.isSpeaking || state.open === undefined) return 0;
  return certainSilenceSamples(state) + settings.detectorLagSamples;
}

/**
 * The earliest sample that an utterance may still begin at.
 * @param windowStartSample where the window begins that the detector judges next.
 */
export function earliestStartSample(
  windowStartSample: number,
  settledSample: number,
  settings: PolicySettings,
): number {
  return Math.max(settledSample, windowStartSample - settings.detectorLagSamples - PRE_ROLL_SAMPLES, 0);
}
