import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  freshRetryBudget,
  RETRY_COST,
  stepRetryBudget,
  type RetryBudget,
  type RetryBudgetEvent,
} from './retry-budget.ts';

const request: RetryBudgetEvent = { type: 'request_made' };
const retry: RetryBudgetEvent = { type: 'retry_asked' };

function granted(events: readonly RetryBudgetEvent[]): number {
  let state: RetryBudget = freshRetryBudget;
  let count = 0;
  for (const event of events) {
    const step = stepRetryBudget(state, event);
    ({ state } = step);
    count += step.effects.length;
  }
  return count;
}

const times = (count: number, event: RetryBudgetEvent) => Array.from({ length: count }, () => event);

describe('the retry budget', () => {
  it.each<[string, readonly RetryBudgetEvent[], number]>([
    ['grants one retry at the start', [retry, retry], 1],
    ['grants one more after ten requests', [retry, ...times(RETRY_COST, request), retry, retry], 2],
    ['grants none after nine', [retry, ...times(RETRY_COST - 1, request), retry], 1],
    ['saves up for ten and no more', [...times(10_000, request), ...times(100, retry)], 10],
  ])('%s', (_name, events, expected) => {
    expect(granted(events)).toBe(expected);
  });

  it('never grants more than a tenth of the requests and one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(request, retry), { maxLength: 500 }), (events) => {
        const requests = events.filter(({ type }) => type === 'request_made').length;
        expect(granted(events)).toBeLessThanOrEqual(requests / RETRY_COST + 1);
      }),
    );
  });
});
