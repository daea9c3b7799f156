import type { Recognition, WindowedRecognizer } from '@verbatim/recognizers';
import type { DecodeJob } from '../decoding/decode-job.ts';
import { toHypothesis } from './hypothesis.ts';
import type { DecodeEffect, LaneRecognition, RecognitionContext } from './lane-recognition.ts';

/** Hands the policy's decode requests to the scheduler and the answers back to the policy. */
export function createWindowedRecognition(
  recognizer: WindowedRecognizer,
  context: RecognitionContext,
): LaneRecognition {
  return {
    decode(effect) {
      context.scheduler.submit(decodeJob(recognizer, context, effect));
    },
    startUtterance: () => refuse('start_utterance'),
    finishUtterance: () => refuse('finish_utterance'),
    advance() {
      // The policy asks for ranges itself.
    },
    close() {
      // Requests are forgotten by the scheduler, for the whole session at once.
    },
  };
}

function decodeJob(
  recognizer: WindowedRecognizer,
  context: RecognitionContext,
  effect: DecodeEffect,
): DecodeJob<Recognition> {
  const { lane } = context;
  const { requestId } = effect;
  const letGo = lane.hold(effect.fromSample);
  const answered = effect.kind === 'interim' ? () => undefined : context.lag.textAsked();
  const conclude = (dispatch: () => void): void => {
    answered();
    letGo();
    context.guard(dispatch);
  };
  return {
    sessionId: context.sessionId,
    lane: lane.channel,
    kind: effect.kind,
    staleAfterMs: context.staleAfterMs,
    run: (signal) => recognizer.decode({ samples: lane.copyAudio(effect), language: context.language, signal }),
    onDone(recognition) {
      context.onRecognizerFailing(false);
      const originSample = effect.fromSample - effect.padHeadSamples;
      const hypothesis = toHypothesis(recognition, { ...effect, originSample });
      conclude(() => lane.dispatch({ type: 'decode_finished', requestId, hypothesis }));
    },
    onDropped: () => conclude(() => lane.dispatch({ type: 'decode_dropped', requestId })),
    onRetry: () => context.onRecognizerFailing(true),
    onFailed: (error) => conclude(() => context.onFailed(error)),
  };
}

function refuse(effect: string): never {
  throw new Error(`a windowed recogniser was asked to ${effect}`);
}
