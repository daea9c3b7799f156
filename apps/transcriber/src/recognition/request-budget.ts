import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { DecodeKind } from '@verbatim/streaming';

/**
 * Requests that may come at once after a quiet while: an interim, and the speculation of the pause behind it. An interim leaves one
 * behind, for a speculation that becomes the final saves a request where an interim only shows words a little sooner.
 */
const MOST_SAVED_REQUESTS = 2;
const KEPT_FOR_SPECULATION_REQUESTS = 1;

/** What a channel has left to spend. */
export interface RequestBudget {
  /** Audio that is not spent yet. Units: samples. */
  readonly savedSamples: number;
  /** Where the last request ended; `undefined` before the first. */
  readonly atSample: number | undefined;
}

export interface BudgetedRequest {
  readonly kind: DecodeKind;
  /** Where its audio ends: the only clock there is, so a slow recogniser or a replay changes nothing. Units: samples. */
  readonly atSample: number;
  /** 0 for no bound. */
  readonly requestsPerAudioSecond: number;
}

/** Nothing asked yet: the first interim and the first speculation have no wait. */
export const freshBudget: RequestBudget = { savedSamples: Infinity, atSample: undefined };

/**
 * Decides whether a channel may make a request that is paid for. Pure.
 *
 * Invariant: of `n` seconds of audio at most `n · requestsPerAudioSecond + 2` interims and speculations come through; finals always do,
 * and cost the interims nothing.
 */
export function spendRequest(
  budget: RequestBudget,
  { kind, atSample, requestsPerAudioSecond }: BudgetedRequest,
): { readonly budget: RequestBudget; readonly isGranted: boolean } {
  if (kind === 'final' || requestsPerAudioSecond === 0) return { budget, isGranted: true };
  const costSamples = PIPELINE_SAMPLE_RATE_HZ / requestsPerAudioSecond;
  const passedSamples = Math.max(0, atSample - (budget.atSample ?? atSample));
  const savedSamples = Math.min(MOST_SAVED_REQUESTS * costSamples, budget.savedSamples + passedSamples);
  const keptRequests = kind === 'interim' ? KEPT_FOR_SPECULATION_REQUESTS : 0;
  const isGranted = savedSamples >= (1 + keptRequests) * costSamples;
  return {
    budget: {
      savedSamples: isGranted ? savedSamples - costSamples : savedSamples,
      atSample: Math.max(atSample, budget.atSample ?? atSample),
    },
    isGranted,
  };
}
