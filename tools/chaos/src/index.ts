// Faults made on purpose, and what must hold all the same
export { SCENARIOS } from './scenarios/index.ts';
export { runScenarios, type RunOptions } from './run-scenarios.ts';
export {
  SCALES,
  type Figure,
  type Scale,
  type Scenario,
  type ScenarioContext,
  type ScenarioReport,
} from './scenario.ts';

// Was anything lost, doubled, changed?
export { checkLedger, checkPrefix, type LedgerRecord } from './ledger/check-ledger.ts';
export type { Violation, ViolationKind } from './ledger/check-words.ts';

// Reports
export { toMarkdown } from './report/markdown.ts';
export { hasFailed, isReached, type RunResult, type ScenarioResult } from './report/run-result.ts';
