import { WAITING_FINALS_LIMIT } from './policy-constants.ts';
import type { PolicyState } from './policy-state.ts';
import { earliestStartSample } from './segmenting/segmenter-state.ts';

/**
 * Says whether so many finals wait for their decode that no more frames should be given until some are out: the bound that
 * keeps the state small when a recogniser cannot keep up. Nothing is lost meanwhile, the audio stays in the backbone.
 */
export function isBacklogged(state: PolicyState): boolean {
  return state.waiting.length >= WAITING_FINALS_LIMIT;
}

/**
 * Says from where on a shell must hold audio in memory: earlier samples will not be asked for again.
 *
 * Units: samples at 16 kHz. Invariant: never falls.
 */
export function neededFromSample(state: PolicyState): number {
  const { waiting, segmenter, settings } = state;
  const oldest = waiting[0]?.closed.decodeFromSample ?? segmenter.open?.decodeFromSample;
  return oldest ?? earliestStartSample(segmenter.windowEndSample, segmenter.settledSample, settings);
}

/** Says whether everything heard so far is in finals that are out: a moment at which another recogniser may take over for nothing. */
export function isBetweenUtterances(state: PolicyState): boolean {
  return state.segmenter.open === undefined && state.waiting.length === 0;
}
