/** What one retry costs, in credits of one request each: so at most one request in ten is a retry. */
export const RETRY_COST = 10;

/** A single failure right after the start gets its retry too. Units: credits. */
const FIRST_CREDITS = RETRY_COST;

/** A day of quiet does not save up for a storm: ten retries in a row and no more. Units: credits. */
const MOST_CREDITS = 10 * RETRY_COST;

/** What may still be spent on asking a provider the same thing again. */
export interface RetryBudget {
  readonly credits: number;
}

export type RetryBudgetEvent =
  /** A provider was asked something. */
  | { readonly type: 'request_made' }
  /** Somebody would like to ask once more. */
  | { readonly type: 'retry_asked' };

export interface RetryBudgetStep {
  readonly state: RetryBudget;
  /** `granted` is the answer to `retry_asked`; without it: go elsewhere. */
  readonly effects: readonly { readonly type: 'granted' }[];
}

/** The budget of a process that has just started. */
export const freshRetryBudget: RetryBudget = { credits: FIRST_CREDITS };

/**
 * A token bucket that ties retries to the traffic: a fixed number of tries for each request would double the load of a provider at the
 * moment when it has too much already.
 *
 * Invariant: retries granted ≤ requests ÷ 10 + 1. Pure.
 */
export function stepRetryBudget(state: RetryBudget, event: RetryBudgetEvent): RetryBudgetStep {
  switch (event.type) {
    case 'request_made':
      return { state: { credits: Math.min(MOST_CREDITS, state.credits + 1) }, effects: [] };
    case 'retry_asked':
      return state.credits < RETRY_COST
        ? { state, effects: [] }
        : { state: { credits: state.credits - RETRY_COST }, effects: [{ type: 'granted' }] };
  }
}
