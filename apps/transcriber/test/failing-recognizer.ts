import {
  createLedgerRecognizer,
  RecognizerError,
  type Recognition,
  type Recognizer,
  type RecognizerFailure,
  type RecognizerStream,
} from '@verbatim/recognizers';
import type { FakeClock } from '@verbatim/testing';

/**
 * What becomes of one call: it is answered, fails, or never comes back. `fails_late` is a service on the network that is out of order: a new
 * stream's first piece is taken, and the next call finds that the stream has broken.
 */
export type Fate = RecognizerFailure | 'answered' | 'hangs' | 'fails_late';

/** A ledger recogniser whose every call meets the fate that the test gives it; counts its calls. */
export interface FailingRecognizer {
  readonly recognizer: Recognizer;
  readonly calls: () => number;
}

export interface FailingOptions {
  readonly fateOf: () => Fate;
  readonly clock: FakeClock;
  /** How long each answer takes. Units: milliseconds. */
  readonly answerMs: () => number;
}

export function createFailingRecognizer(kind: 'windowed' | 'streaming', options: FailingOptions): FailingRecognizer {
  const { fateOf, clock, answerMs } = options;
  let calls = 0;
  const meet = async (answer: () => Promise<Recognition>, isFirst: boolean): Promise<Recognition> => {
    calls += 1;
    const fate = fateOf();
    if (fate === 'fails_late' && isFirst) return { text: '', confidence: null, language: 'en' };
    if (fate === 'hangs') return new Promise(() => undefined);
    const delayMs = answerMs();
    if (delayMs > 0) await clock.sleep(delayMs);
    if (fate === 'answered') return answer();
    throw new RecognizerError('it failed as it was told', { failure: fate === 'fails_late' ? 'unavailable' : fate });
  };
  if (kind === 'windowed') {
    const ledger = createLedgerRecognizer({ kind });
    return {
      recognizer: { ...ledger, decode: (request) => meet(() => ledger.decode(request), false) },
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
  meet: (answer: () => Promise<Recognition>, isFirst: boolean) => Promise<Recognition>,
): RecognizerStream {
  let pieces = 0;
  return {
    feed: (samples) => meet(() => stream.feed(samples), (pieces += 1) === 1),
    finish: () => meet(() => stream.finish(), false),
    abort: () => stream.abort(),
  };
}
