import { RecognizerError } from '@verbatim/recognizers';
import { retryDelayMs } from './retry-delay.ts';

/** Waiting longer for the same provider costs a session more than going elsewhere. Units: milliseconds. */
export const LONGEST_POLITE_WAIT_MS = 1000;

/** What a session does about a call that failed. */
export type FailureResponse =
  /** Asks the same again. Units: milliseconds. */
  | { readonly type: 'retry'; readonly delayMs: number }
  /** Goes on with another provider, from its last final. */
  | { readonly type: 'switch' }
  /** An interim that is not worth more: the next one asks again. */
  | { readonly type: 'let_go' }
  /** Neither this recogniser nor another one will answer it. */
  | { readonly type: 'give_up' };

export interface FailureSituation {
  readonly isInterim: boolean;
  /** How often this request has failed, this time included. */
  readonly attempt: number;
  /** Another provider would take the session now. */
  readonly hasAlternative: boolean;
  /** The provider is not to be asked for a while. */
  readonly isBreakerOpen: boolean;
  /** Takes one retry out of the provider's budget, if one is left. */
  readonly takeRetry: () => boolean;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/**
 * Decides what a session does about a failed call: with somewhere else to go it asks the same provider once more at the most, and only where
 * that may help and costs little: the budget allows it, and the provider neither let it wait for the whole time limit nor asks for a long
 * pause. With nowhere else to go it is patient: its audio is safe and its finals wait. What an interim meets that the final would meet as
 * well is reason enough to leave.
 */
export function respondTo(error: unknown, situation: FailureSituation): FailureResponse {
  const { attempt, hasAlternative, isInterim, random } = situation;
  if (!(error instanceof RecognizerError) || !error.isProviderFault) return { type: isInterim ? 'let_go' : 'give_up' };
  const retryAfterMs = error.retryAfterMs ?? 0;
  if (hasAlternative && isStayingUseless(error, situation)) return { type: 'switch' };
  if (isInterim) return { type: 'let_go' };
  if (hasAlternative) {
    const isCheap = attempt === 1 && retryAfterMs <= LONGEST_POLITE_WAIT_MS;
    if (!isCheap || !situation.takeRetry()) return { type: 'switch' };
  }
  return { type: 'retry', delayMs: Math.max(retryAfterMs, retryDelayMs(attempt, random)) };
}

/** The next call would most likely fail, too, or cost as much time as this one. */
function isStayingUseless(error: RecognizerError, { isBreakerOpen }: FailureSituation): boolean {
  return isBreakerOpen || !error.isRetryable || error.failure === 'timeout';
}
