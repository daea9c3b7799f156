// Real processes over a private Redis
export { startFleet, type Fleet, type FleetGateway, type FleetOptions } from './fleet.ts';

// Sessions whose right answer is known word for word
export { speakLedger, type LedgerOutcome, type LedgerSpeech } from './ledger-speaker.ts';
