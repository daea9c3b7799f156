import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import { RecognizerError, type Recognizer, type RecognizerStream } from '@verbatim/recognizers';
import { wrapRecognizer } from './wrap-recognizer.ts';

/** Up to here the limit is as configured, beyond it grows with the audio: a long final takes longer than an interim. Units: samples. */
const FULL_LIMIT_SAMPLES = 10 * PIPELINE_SAMPLE_RATE_HZ;

export interface TimeLimitOptions {
  /** Longest time for one answer about up to 10 s of audio. Units: milliseconds. */
  readonly limitMs: number;
  /** Calls back after a delay; returns a function that calls it off. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/**
 * Bounds the time of every call: one that hangs fails with `timeout` and gives its place in the scheduler back, whether its recogniser
 * heeds the abort or not.
 */
export function withTimeLimit(recognizer: Recognizer, options: TimeLimitOptions): Recognizer {
  return wrapRecognizer(recognizer, {
    decode(windowed, request) {
      const overtime = new AbortController();
      const { signal: calledOff, samples } = request;
      const signal = calledOff === undefined ? overtime.signal : AbortSignal.any([calledOff, overtime.signal]);
      const limit = limitOf(windowed.name, samples.length, options);
      return limit.hold(windowed.decode({ ...request, signal }), () => overtime.abort());
    },
    openStream: (streaming, asked) => limitedStream(streaming.openStream(asked), streaming.name, options),
  });
}

function limitedStream(stream: RecognizerStream, name: string, options: TimeLimitOptions): RecognizerStream {
  const abort = (): void => stream.abort();
  return {
    feed: (samples) => limitOf(name, samples.length, options).hold(stream.feed(samples), abort),
    finish: () => limitOf(name, 0, options).hold(stream.finish(), abort),
    abort,
  };
}

function limitOf(name: string, samples: number, { limitMs, after }: TimeLimitOptions) {
  const scaledMs = Math.round(limitMs * Math.max(1, samples / FULL_LIMIT_SAMPLES));
  return {
    hold: <Answer>(answer: Promise<Answer>, onOver: () => void): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const cancel = after(scaledMs, () => {
          reject(
            new RecognizerError(`Recogniser ${name} gave no answer within ${scaledMs} ms.`, { failure: 'timeout' }),
          );
          onOver();
        });
        answer.then(resolve, reject).finally(cancel);
      }),
  };
}
