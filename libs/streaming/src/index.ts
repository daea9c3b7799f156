// The policy: events in, effects out
export { initialState } from './initial-state.ts';
export { step } from './step.ts';
export type { PolicyState, PolicyStep } from './policy-state.ts';
export type {
  DecodeKind,
  Hypothesis,
  PolicyCheckpoint,
  PolicyEffect,
  PolicyEvent,
  RecognizedWord,
  SpeechWindow,
} from './policy-events.ts';

// How it is set
export { recommendedOptions } from './recommended-options.ts';
export type { PolicyOptions } from './policy-options.ts';

// What the shell around it asks
export { isBacklogged, isBetweenUtterances, neededFromSample } from './backlog.ts';
export { WAITING_FINALS_LIMIT } from './policy-constants.ts';

// Which provider is asked
export {
  BREAKER_OPEN_MS,
  breakerPhase,
  closedBreaker,
  stepBreaker,
  type BreakerEffect,
  type BreakerEvent,
  type BreakerPhase,
  type BreakerState,
  type BreakerStep,
} from './providers/circuit-breaker.ts';
export {
  freshRetryBudget,
  stepRetryBudget,
  type RetryBudget,
  type RetryBudgetEvent,
  type RetryBudgetStep,
} from './providers/retry-budget.ts';
export { noteAnswer, unknownUsualTime, usualMs, type UsualTime } from './providers/usual-time.ts';
