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
  /** Requests of the session that have failed since its recogniser last said something, this one included. */
  readonly failuresInARow: number;
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
 * pause. With nowhere else to go it is patient: its audio is safe and its finals wait.
 *
 * Worked failure: a failing interim is let go, because the next one asks again. With one interim a second the session finds out about a
 * service that is down at its next final, four seconds later. So an interim is as good a witness as a final: it is asked again at once.
 */
export function respondTo(error: unknown, situation: FailureSituation): FailureResponse {
  const { attempt, hasAlternative, isInterim, random } = situation;
  if (!(error instanceof RecognizerError) || !error.isProviderFault) return { type: isInterim ? 'let_go' : 'give_up' };
  if (hasAlternative) {
    if (isStayingUseless(error, situation) || !situation.takeRetry()) return { type: 'switch' };
  } else if (isInterim) return { type: 'let_go' };
  return { type: 'retry', delayMs: Math.max(error.retryAfterMs ?? 0, retryDelayMs(attempt, random)) };
}

/** It has been asked twice already, or the next call would most likely fail, too, or cost much time. */
function isStayingUseless(error: RecognizerError, { failuresInARow, isBreakerOpen }: FailureSituation): boolean {
  const { failure, isRetryable, retryAfterMs = 0 } = error;
  if (isBreakerOpen || !isRetryable || failure === 'timeout') return true;
  return failuresInARow > 1 || retryAfterMs > LONGEST_POLITE_WAIT_MS;
}
