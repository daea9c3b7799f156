import { checkpointAt } from '../checkpoint.ts';
import { SHORTEST_DECODE_SAMPLES } from '../policy-constants.ts';
import type { Hypothesis, PolicyEffect } from '../policy-events.ts';
import type { PolicySettings } from '../policy-settings.ts';
import { unchanged, type PolicyState, type PolicyStep, type WaitingFinal } from '../policy-state.ts';
import type { ClosedUtterance } from '../segmenting/utterance.ts';
import { requestDecode } from './decode-request.ts';
import { finalText } from './final-text.ts';
import { better, firstTry, judge, nextTry, withoutLoop, type DecodeTry, type Verdict } from './guards.ts';

/** The answer to audio that holds no word. Nobody listened, so its language is undetermined (BCP-47 `und`). */
const NOTHING_SAID: Hypothesis = { text: '', confidence: null, language: 'und' };

/** Puts a closed utterance in the queue, with its answer where that is known: too short for words, or decoded in its pause. */
export function queueFinal(state: PolicyState, closed: ClosedUtterance): PolicyState {
  const { inFlight, settings } = state;
  const speculation = state.interim?.speculation;
  const fresh: WaitingFinal = { closed, attempts: 0, fallback: undefined, answer: undefined };
  if (closed.decodeToSample - closed.decodeFromSample < SHORTEST_DECODE_SAMPLES) {
    return enqueue(state, { ...fresh, answer: NOTHING_SAID });
  }
  if (speculation?.hypothesis !== undefined && isCovering(speculation, closed)) {
    return enqueue(state, withAnswer(fresh, speculation.hypothesis, settings));
  }
  const isBeingDecoded = inFlight?.kind === 'speculative' && isCovering(inFlight, closed);
  return enqueue(isBeingDecoded ? { ...state, inFlight: { ...inFlight, kind: 'final' } } : state, fresh);
}

/** Emits every final that is answered and due, and asks for the decode that the next one needs. */
export function drainFinals(state: PolicyState): PolicyStep {
  const effects: PolicyEffect[] = [];
  let current = state;
  for (let head = current.waiting[0]; head?.answer !== undefined; head = current.waiting[0]) {
    const emitted = emitFinal(current, head.closed, head.answer);
    current = { ...emitted.state, waiting: current.waiting.slice(1) };
    effects.push(...emitted.effects);
  }
  const asked = askForHead(current);
  return { state: asked.state, effects: [...effects, ...asked.effects] };
}

/** Takes the answer to a final's decode: accepts it, or leaves the next try to {@link drainFinals}. */
export function answerFinal(state: PolicyState, segmentId: number, hypothesis: Hypothesis): PolicyState {
  const waiting = state.waiting.map((entry) =>
    entry.closed.segmentId === segmentId ? withAnswer(entry, hypothesis, state.settings) : entry,
  );
  return { ...state, inFlight: undefined, waiting };
}

/** Takes the last hypothesis of a streaming recogniser, which is the final as it stands. */
export function acceptFinal(state: PolicyState, segmentId: number, hypothesis: Hypothesis): PolicyState {
  const waiting = state.waiting.map((entry) =>
    entry.closed.segmentId === segmentId && entry.answer === undefined ? { ...entry, answer: hypothesis } : entry,
  );
  return { ...state, waiting };
}

function isCovering(
  decoded: { readonly fromSample: number; readonly toSample: number },
  closed: ClosedUtterance,
): boolean {
  return decoded.fromSample === closed.decodeFromSample && decoded.toSample === closed.decodeToSample;
}

/** An interim or speculation in flight that no longer serves anything makes way: only a final's decode is waited for. */
function enqueue(state: PolicyState, entry: WaitingFinal): PolicyState {
  const inFlight = state.inFlight?.kind === 'final' ? state.inFlight : undefined;
  return { ...state, inFlight, interim: undefined, waiting: [...state.waiting, entry] };
}

function withAnswer(entry: WaitingFinal, hypothesis: Hypothesis, settings: PolicySettings): WaitingFinal {
  const { closed } = entry;
  const attempts = entry.attempts + 1;
  const verdictOf = (answer: Hypothesis): Verdict => judgeUtterance(closed, answer, settings);
  if (verdictOf(hypothesis) === 'sound') return { ...entry, attempts, answer: hypothesis };
  const fallback = better(entry.fallback, hypothesis, verdictOf);
  const isLast = nextTry(closed, attempts, verdictOf(fallback)) === undefined;
  return { ...entry, attempts, fallback, answer: isLast ? withoutLoop(fallback) : undefined };
}

function askForHead(state: PolicyState): PolicyStep {
  const head = state.waiting[0];
  const isWaitedFor = state.settings.recognizer === 'streaming' || state.inFlight?.kind === 'final';
  if (head === undefined || isWaitedFor) return unchanged(state);
  const { segmentId } = head.closed;
  return requestDecode(state, { kind: 'final', segmentId, ...tryOf(head, state.settings) });
}

function tryOf({ closed, attempts, fallback }: WaitingFinal, settings: PolicySettings): DecodeTry {
  if (fallback === undefined) return firstTry(closed);
  return nextTry(closed, attempts, judgeUtterance(closed, fallback, settings)) ?? firstTry(closed);
}

function judgeUtterance(closed: ClosedUtterance, answer: Hypothesis, settings: PolicySettings): Verdict {
  return judge(answer, {
    lengthSamples: closed.decodeToSample - closed.decodeFromSample,
    speechSamples: closed.speechSamples,
    tokensPerSecondLimit: settings.tokensPerSecondLimit,
  });
}

function emitFinal(state: PolicyState, closed: ClosedUtterance, answer: Hypothesis): PolicyStep {
  const { segmentId, fromSample, toSample, isUtteranceEnd, boundary } = closed;
  const { hypothesis, seam } = finalText(closed, answer, { seam: state.seam, settings: state.settings });
  const checkpoint = checkpointAt(boundary, seam, state.settings);
  const { text } = hypothesis;
  return {
    state: { ...state, seam, input: boundary.isEnd ? 'finished' : state.input },
    effects: [
      { type: 'emit_final', segmentId, fromSample, toSample, text, hypothesis, isUtteranceEnd, checkpoint },
      ...(boundary.isEnd ? [{ type: 'session_finished', checkpoint } as const] : []),
    ],
  };
}
