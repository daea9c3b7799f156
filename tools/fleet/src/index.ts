// Real processes over a private Redis
export { startFleet, type Fleet, type FleetGateway, type FleetOptions } from './fleet.ts';
export { loggedEvents, type LogEntry } from './app-process.ts';

// Sessions whose right answer is known word for word
export { speakLedger, type LedgerSpeech } from './ledger-speaker.ts';
export { startLedgerCall, type LedgerCall, type LedgerCallOptions } from './ledger-call.ts';
export type { LedgerEvent, LedgerOutcome } from './ledger-outcome.ts';
export type { Resume } from './resume-clock.ts';
