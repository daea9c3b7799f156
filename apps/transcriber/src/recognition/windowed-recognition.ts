import type { WindowedRecognizer } from '@verbatim/recognizers';
import { createHedgedDecodes, type HedgeableDecode } from '../failover/hedged-decodes.ts';
import { toHypothesis } from './hypothesis.ts';
import type { DecodeEffect, LaneRecognition, RecognitionContext } from './lane-recognition.ts';
import { precedingTextAfter } from './preceding-text.ts';
import { freshBudget, spendRequest } from './request-budget.ts';

/**
 * Hands the policy's decode requests to the scheduler, some of them to a second recogniser as well, and the answers back to the policy, as many as the recogniser's budget allows. Begins
 * without a text before it, after a takeover and a change of recogniser too.
 */
export function createWindowedRecognition(
  recognizer: WindowedRecognizer,
  context: RecognitionContext,
): LaneRecognition {
  const { requestsPerAudioSecond } = recognizer.capabilities;
  const decodes = createHedgedDecodes({ bench: context.bench, recognizer }, context.hedging);
  let budget = freshBudget;
  let precedingText = '';
  return {
    decode(effect) {
      const { kind, toSample: atSample, requestId } = effect;
      const spent = spendRequest(budget, { kind, atSample, requestsPerAudioSecond });
      budget = spent.budget;
      if (!spent.isGranted) return context.lane.dispatch({ type: 'decode_dropped', requestId });
      decodes.submit(decodeOf(context, { ...effect, precedingText }));
    },
    finalEmitted(text) {
      precedingText = precedingTextAfter(precedingText, text);
    },
    startUtterance: () => refuse('start_utterance'),
    finishUtterance: () => refuse('finish_utterance'),
    advance() {
      // The policy asks for ranges itself.
    },
    close() {
      decodes.close();
    },
  };
}

function decodeOf(
  context: RecognitionContext,
  effect: DecodeEffect & { readonly precedingText: string },
): HedgeableDecode {
  const { lane, language } = context;
  const { requestId, precedingText, padHeadSamples, padTailSamples } = effect;
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
    lengthSamples: padHeadSamples + effect.toSample - effect.fromSample + padTailSamples,
    ask: (recognizer, signal) =>
      recognizer.decode({ samples: lane.copyAudio(effect), language, precedingText, signal }),
    onDone(recognition, answeredBy) {
      context.onRecognized();
      const originSample = effect.fromSample - padHeadSamples;
      const hypothesis = toHypothesis(recognition, { ...effect, originSample, answeredBy });
      conclude(() => lane.dispatch({ type: 'decode_finished', requestId, hypothesis }));
    },
    onDropped: () => conclude(() => lane.dispatch({ type: 'decode_dropped', requestId })),
    onFailing: (error, attempt) => context.onFailing(error, { attempt, kind: effect.kind }),
  };
}

function refuse(effect: string): never {
  throw new Error(`a windowed recogniser was asked to ${effect}`);
}
