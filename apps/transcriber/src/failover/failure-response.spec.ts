import { describe, expect, it } from '@jest/globals';
import { RECOGNIZER_FAILURES, RecognizerError, type RecognizerFailure } from '@verbatim/recognizers';
import { LONGEST_POLITE_WAIT_MS, respondTo, type FailureSituation } from './failure-response.ts';

const calm: FailureSituation = {
  isInterim: false,
  attempt: 1,
  failuresInARow: 1,
  hasAlternative: true,
  isBreakerOpen: false,
  takeRetry: () => true,
  random: () => 0.999,
};

function answerTo(failure: RecognizerFailure, change: Partial<FailureSituation> = {}, retryAfterMs?: number) {
  const details = retryAfterMs === undefined ? { failure } : { failure, retryAfterMs };
  return respondTo(new RecognizerError('it failed', details), { ...calm, ...change });
}

describe('what a session does about a failed call', () => {
  it.each<[RecognizerFailure, Partial<FailureSituation>, number | undefined, string]>([
    ['unavailable', {}, undefined, 'retry'],
    ['unavailable', { failuresInARow: 2 }, undefined, 'switch'],
    ['unavailable', { takeRetry: () => false }, undefined, 'switch'],
    ['unavailable', { isBreakerOpen: true }, undefined, 'switch'],
    ['timeout', {}, undefined, 'switch'],
    ['rate_limited', {}, LONGEST_POLITE_WAIT_MS, 'retry'],
    ['rate_limited', {}, LONGEST_POLITE_WAIT_MS + 1, 'switch'],
    ['unauthorized', {}, undefined, 'switch'],
    ['quota_exhausted', {}, undefined, 'switch'],
    ['misconfigured', {}, undefined, 'switch'],
    ['bad_request', {}, undefined, 'give_up'],
    ['called_off', {}, undefined, 'give_up'],
    ['unavailable', { isInterim: true }, undefined, 'retry'],
    ['unavailable', { isInterim: true, failuresInARow: 2 }, undefined, 'switch'],
    ['unavailable', { isInterim: true, takeRetry: () => false }, undefined, 'switch'],
    ['unavailable', { isInterim: true, hasAlternative: false, failuresInARow: 9 }, undefined, 'let_go'],
    ['rate_limited', { isInterim: true }, LONGEST_POLITE_WAIT_MS + 1, 'switch'],
    ['unavailable', { isInterim: true, isBreakerOpen: true }, undefined, 'switch'],
    ['timeout', { isInterim: true }, undefined, 'switch'],
    ['timeout', { isInterim: true, hasAlternative: false }, undefined, 'let_go'],
    ['unauthorized', { isInterim: true }, undefined, 'switch'],
    ['bad_request', { isInterim: true }, undefined, 'let_go'],
  ])('answers %s with %j and %s ms to wait by: %s', (failure, change, retryAfterMs, expected) => {
    expect(answerTo(failure, change, retryAfterMs).type).toBe(expected);
  });

  it.each(Object.keys(RECOGNIZER_FAILURES) as RecognizerFailure[])(
    'never ends a session without an alternative for a fault of its provider: %s',
    (failure) => {
      const { isProviderFault } = RECOGNIZER_FAILURES[failure];
      const situation = {
        hasAlternative: false,
        attempt: 20,
        failuresInARow: 20,
        isBreakerOpen: true,
        takeRetry: () => false,
      };
      expect(answerTo(failure, situation).type).toBe(isProviderFault ? 'retry' : 'give_up');
    },
  );

  it('waits as long as the provider asks for, and longer each time by itself', () => {
    const alone = { hasAlternative: false };
    expect(answerTo('rate_limited', alone, 20_000)).toEqual({ type: 'retry', delayMs: 20_000 });
    expect([1, 2, 3].map((attempt) => answerTo('timeout', { ...alone, attempt }))).toEqual([
      { type: 'retry', delayMs: 250 },
      { type: 'retry', delayMs: 500 },
      { type: 'retry', delayMs: 1000 },
    ]);
  });

  it('spends nothing of the retry budget where it would not retry anyway', () => {
    let taken = 0;
    const takeRetry = (): boolean => (taken += 1) > 0;
    answerTo('unauthorized', { takeRetry });
    answerTo('unavailable', { takeRetry, isBreakerOpen: true });
    answerTo('unavailable', { takeRetry, hasAlternative: false });
    expect(taken).toBe(0);
  });

  it('does not mend a defect', () => {
    expect(respondTo(new TypeError('x is not a function'), calm)).toEqual({ type: 'give_up' });
  });
});
