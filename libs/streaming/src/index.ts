// The policy: events in, effects out
export type {
  DecodeKind,
  Hypothesis,
  PolicyCheckpoint,
  PolicyEffect,
  PolicyEvent,
  RecognizedWord,
  SpeechWindow,
} from './policy-events.ts';
export type { PolicyOptions } from './policy-options.ts';
