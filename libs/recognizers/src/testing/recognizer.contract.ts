import { describe, it } from '@jest/globals';
import type { Recognizer, StreamingRecognizer, WindowedRecognizer } from '../recognizer.ts';
import type { ContractCheck, ContractSubject } from './contract-subject.ts';
import { STREAMING_CONTRACT } from './streaming.contract.ts';
import { WINDOWED_CONTRACT } from './windowed.contract.ts';

/** A real model is loaded anew for each check. Units: milliseconds. */
const CHECK_TIMEOUT_MS = 60_000;

/** Declares one jest test for each promise of the port; every windowed implementation calls it in a spec of its own. */
export function describeWindowedContract(name: string, subject: ContractSubject<WindowedRecognizer>): void {
  declareChecks(`${name} keeps the contract of a windowed recogniser: it`, WINDOWED_CONTRACT, subject);
}

/** Declares one jest test for each promise of the port; every streaming implementation calls it in a spec of its own. */
export function describeStreamingContract(name: string, subject: ContractSubject<StreamingRecognizer>): void {
  declareChecks(`${name} keeps the contract of a streaming recogniser: it`, STREAMING_CONTRACT, subject);
}

function declareChecks<Kind extends Recognizer>(
  title: string,
  checks: readonly ContractCheck<Kind>[],
  subject: ContractSubject<Kind>,
): void {
  describe(title, () => {
    it.each(checks)('$name', async (check) => check.run(subject), CHECK_TIMEOUT_MS);
  });
}
