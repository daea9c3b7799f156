import { RecognizerError, type Recognizer, type RecognizerStream } from '@verbatim/recognizers';
import { wrapRecognizer } from './wrap-recognizer.ts';

export interface CallOutcome {
  readonly error: unknown;
  /** Of a stream the wait for its last words. Units: milliseconds. */
  readonly latencyMs: number;
}

export interface CallObserver {
  /** A request begins: a decode, or a stream however many pieces it is fed. */
  onAsked(): void;
  /** It was answered to its end or failed; nothing is told of what was called off. */
  onAnswered(outcome: CallOutcome): void;
}

export interface ObservingOptions extends CallObserver {
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Tells of each request that a recogniser is asked and of what came of it.
 *
 * Worked failure: a streaming recogniser takes each piece at once and hears it later. Were a piece an answer, a service that is down
 * would answer ten times a second and fail once now and then, its breaker would stay closed, and each of its sessions would ask it again.
 */
export function observed(recognizer: Recognizer, options: ObservingOptions): Recognizer {
  return wrapRecognizer(recognizer, {
    decode(windowed, request) {
      options.onAsked();
      return watched(windowed.decode(request), options, () => request.signal?.aborted === true);
    },
    openStream(streaming, asked) {
      options.onAsked();
      return observedStream(streaming.openStream(asked), options);
    },
  });
}

function observedStream(stream: RecognizerStream, options: ObservingOptions): RecognizerStream {
  let isOver = false;
  const isCalledOff = (): boolean => isOver;
  const failuresOnly = {
    ...options,
    onAnswered(outcome: CallOutcome) {
      if (outcome.error === undefined) return;
      isOver = true;
      options.onAnswered(outcome);
    },
  };
  return {
    feed: (samples) => watched(stream.feed(samples), failuresOnly, isCalledOff),
    finish: () => watched(stream.finish(), options, isCalledOff),
    abort() {
      isOver = true;
      stream.abort();
    },
  };
}

async function watched<Answer>(
  answer: Promise<Answer>,
  observer: ObservingOptions,
  isCalledOff: () => boolean,
): Promise<Answer> {
  const askedAtMs = observer.nowMs();
  const tell = (error: unknown): void => {
    const isOurs = error instanceof RecognizerError && error.failure === 'called_off';
    if (!isOurs && !isCalledOff()) observer.onAnswered({ error, latencyMs: observer.nowMs() - askedAtMs });
  };
  try {
    const given = await answer;
    tell(undefined);
    return given;
  } catch (error) {
    tell(error);
    throw error;
  }
}
