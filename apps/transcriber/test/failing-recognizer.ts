import {
  createLedgerRecognizer,
  RecognizerError,
  type Recognition,
  type Recognizer,
  type RecognizerFailure,
  type RecognizerStream,
} from '@verbatim/recognizers';
import type { FakeClock } from '@verbatim/testing';

/** What becomes of one call: it is answered, fails, or never comes back. */
export type Fate = RecognizerFailure | 'answered' | 'hangs';

/** A ledger recogniser whose every call meets the fate that the test gives it; counts its calls. */
export interface FailingRecognizer {
  readonly recognizer: Recognizer;
  readonly calls: () => number;
}

export interface FailingOptions {
  readonly fateOf: () => Fate;
  readonly clock: FakeClock;
  /** How long each answer takes. Units: milliseconds. */
  readonly answerMs: number;
}

export function createFailingRecognizer(kind: 'windowed' | 'streaming', options: FailingOptions): FailingRecognizer {
  const { fateOf, clock, answerMs } = options;
  let calls = 0;
  const meet = async (answer: () => Promise<Recognition>): Promise<Recognition> => {
    calls += 1;
    const fate = fateOf();
    if (fate === 'hangs') return new Promise(() => undefined);
    if (answerMs > 0) await clock.sleep(answerMs);
    if (fate === 'answered') return answer();
    throw new RecognizerError('it failed as it was told', { failure: fate });
  };
  if (kind === 'windowed') {
    const ledger = createLedgerRecognizer({ kind });
    return {
      recognizer: { ...ledger, decode: (request) => meet(() => ledger.decode(request)) },
      calls: () => calls,
    };
  }
  const ledger = createLedgerRecognizer({ kind });
  return {
    recognizer: { ...ledger, openStream: (options) => failingStream(ledger.openStream(options), meet) },
    calls: () => calls,
  };
}

function failingStream(
  stream: RecognizerStream,
  meet: (answer: () => Promise<Recognition>) => Promise<Recognition>,
): RecognizerStream {
  return {
    feed: (samples) => meet(() => stream.feed(samples)),
    finish: () => meet(() => stream.finish()),
    abort: () => stream.abort(),
  };
}
