import { startLedgerCall, type LedgerCallOptions } from './ledger-call.ts';
import type { LedgerOutcome } from './ledger-outcome.ts';

/** A ledger session of a known length. */
export interface LedgerSpeech extends Omit<LedgerCallOptions, 'urls' | 'frames'> {
  readonly url: string;
  /** Spoken frames altogether; they are numbered 1 … frames. */
  readonly frames: number;
}

/** Streams one ledger session to its end and reports what came back. */
export async function speakLedger({ url, ...speech }: LedgerSpeech): Promise<LedgerOutcome> {
  const call = await startLedgerCall({ ...speech, urls: [url] });
  return call.outcome;
}
