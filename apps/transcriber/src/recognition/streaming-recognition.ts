import type { Recognition, StreamingRecognizer } from '@verbatim/recognizers';
import { toHypothesis } from './hypothesis.ts';
import type { LaneRecognition, RecognitionContext, StartUtterance } from './lane-recognition.ts';
import { createUtteranceFeeder, type FeedPiece, type UtteranceFeeder } from './utterance-feeder.ts';

interface OpenUtterance {
  readonly utteranceId: number;
  readonly feeder: UtteranceFeeder;
}

/** Feeds the channel's utterances to a streaming recogniser, each to a stream of its own. */
export function createStreamingRecognition(
  recognizer: StreamingRecognizer,
  context: RecognitionContext,
): LaneRecognition {
  /** The newest utterance is the last; earlier ones have their end and only wait for their answer. */
  const utterances: OpenUtterance[] = [];

  function close(): void {
    for (const { feeder } of utterances.splice(0)) feeder.abort();
  }

  return {
    decode() {
      throw new Error('a streaming recogniser was asked to decode a range');
    },
    startUtterance(effect) {
      const over = (): void => {
        const index = utterances.findIndex(({ utteranceId }) => utteranceId === effect.utteranceId);
        utterances.splice(index, 1);
      };
      const feeder = openFeeder(recognizer, context, effect, over);
      utterances.push({ utteranceId: effect.utteranceId, feeder });
    },
    finishUtterance(effect) {
      utterances.find(({ utteranceId }) => utteranceId === effect.utteranceId)?.feeder.finish(effect.toSample);
    },
    finalEmitted() {
      // A stream takes no text to begin with.
    },
    advance(endSample) {
      utterances.at(-1)?.feeder.advance(endSample);
    },
    close,
  };
}

function openFeeder(
  recognizer: StreamingRecognizer,
  context: RecognitionContext,
  { utteranceId, fromSample }: StartUtterance,
  onOver: () => void,
): UtteranceFeeder {
  const { lane } = context;
  const letGo = lane.hold(fromSample);
  const hypothesisAt = (endSample: number, recognition: Recognition) =>
    toHypothesis(recognition, { originSample: fromSample, fromSample, toSample: endSample });
  let fedSample = fromSample;
  let failures = 0;
  // A piece is taken without a word by a recogniser that is out of order as well: only what it says is a sign of life.
  const heard = (): void => {
    failures = 0;
    context.onRecognized();
  };
  return createUtteranceFeeder(fromSample, {
    submit: (piece) => submitPiece(context, piece, () => (failures += 1)),
    openStream: () => recognizer.openStream({ language: context.language }),
    copyAudio: (range) => lane.copyAudio(range),
    onHypothesis(endSample, recognition) {
      fedSample = endSample;
      if (recognition.text !== '') heard();
      const hypothesis = hypothesisAt(endSample, recognition);
      lane.dispatch({ type: 'hypothesis_changed', utteranceId, endSample, hypothesis });
    },
    onFinished(recognition) {
      heard();
      onOver();
      letGo();
      lane.dispatch({ type: 'utterance_finished', utteranceId, hypothesis: hypothesisAt(fedSample, recognition) });
    },
  });
}

/** As urgent as a final: a piece must never be dropped, and its session waits for it. */
function submitPiece(context: RecognitionContext, piece: FeedPiece, countFailure: () => number): void {
  const answered = context.lag.textAsked();
  context.bench.scheduler.submit({
    sessionId: context.sessionId,
    lane: context.lane.channel,
    kind: 'final',
    staleAfterMs: 0,
    run: () => piece.run(),
    onDone(recognition) {
      answered();
      context.guard(() => piece.onDone(recognition));
    },
    onDropped: () => context.onFailed(new Error('a piece of an utterance was dropped')),
    onFailing: (error) => context.onFailing(error, { attempt: countFailure(), kind: 'final' }),
  });
}
