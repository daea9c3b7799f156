import {
  initialState,
  isBacklogged,
  neededFromSample,
  step,
  WAITING_FINALS_LIMIT,
  type Hypothesis,
  type PolicyCheckpoint,
  type PolicyEffect,
  type PolicyEvent,
  type PolicyOptions,
  type PolicyState,
} from '../../src/index.ts';
import { createSimulatedDetector } from './simulated-detector.ts';
import { createSimulatedScheduler } from './simulated-scheduler.ts';
import { LEVEL_SAMPLES } from '../../src/policy-constants.ts';
import type { Timeline } from './timeline.ts';

export type Final = Extract<PolicyEffect, { type: 'emit_final' }>;
export type Interim = Extract<PolicyEffect, { type: 'emit_interim' }>;

const FRAME_SAMPLES = 1_600;

/** Past these the recogniser works: a session whose decodes fail for ever never ends. */
const MOST_FAILURES = 30;

export interface World {
  readonly options: PolicyOptions;
  readonly timeline: Timeline;
  /** Positions at which the client asks for a final; the same one may stand twice. */
  readonly flushes?: readonly number[];
  readonly decode: (fromSample: number, toSample: number) => Hypothesis;
}

export interface Run {
  /** Numbers that decide when decodes start and end, and which fail: every list is another timing. Empty: at once. */
  readonly timing?: readonly number[];
  readonly checkpoint?: PolicyCheckpoint;
  /** The process dies after so many turns. */
  readonly dieAfterTurns?: number;
}

export interface Outcome {
  readonly finals: readonly Final[];
  readonly interims: readonly Interim[];
  readonly effects: readonly PolicyEffect[];
  /** Every checkpoint given, with the number of finals out by then. */
  readonly checkpoints: readonly { readonly checkpoint: PolicyCheckpoint; readonly finals: number }[];
  readonly heard: readonly { readonly fromSample: number; readonly toSample: number }[];
  readonly isFinished: boolean;
  readonly largestStateChars: number;
}

/** The shell around the policy, with simulated time: it keeps to everything that the contract asks of a shell, and checks the policy. */
export function runSession(world: World, run: Run = {}): Outcome {
  const { options, timeline } = world;
  const timing = run.timing ?? [];
  const detector = createSimulatedDetector(timeline, options.detectorLagSamples);
  const scheduler = createSimulatedScheduler();
  const effects: PolicyEffect[] = [];
  const checkpoints: { checkpoint: PolicyCheckpoint; finals: number }[] = [];
  const streams = new Map<number, { fromSample: number; toSample: number | undefined }>();
  const inbox: PolicyEvent[] = [];
  let state = initialState(options, run.checkpoint);
  let position = run.checkpoint?.decidedSample ?? 0;
  const heldFromSample = run.checkpoint?.audioFromSample ?? 0;
  let marks = (world.flushes ?? []).filter((mark) => mark >= position).sort((a, b) => a - b);
  marks = marks.slice(marks.filter((mark) => mark === position).length && (run.checkpoint?.flushesAtDecided ?? 0));
  let isFinished = false;
  let isEnded = false;
  let largestStateChars = 0;
  let turn = 0;
  let failures = 0;
  detector.reset(position);

  const chance = (sides: number): number => (timing.length === 0 ? 0 : (timing[turn % timing.length] ?? 0) % sides);

  const perform = (effect: PolicyEffect): void => {
    effects.push(effect);
    switch (effect.type) {
      case 'decode': {
        check(effect.fromSample >= heldFromSample, 'asks for audio that was released');
        check(effect.fromSample >= neededFromSample(state), 'asks for audio it said it would not need');
        check(effect.fromSample < effect.toSample && effect.toSample <= position, 'asks for audio that is not there');
        const dropped = scheduler.add(effect, chance(3) !== 1);
        for (const { requestId } of dropped) inbox.push({ type: 'decode_dropped', requestId });
        break;
      }
      case 'start_utterance':
        check(effect.fromSample >= heldFromSample, 'starts before the audio that is held');
        streams.set(effect.utteranceId, { fromSample: effect.fromSample, toSample: undefined });
        break;
      case 'finish_utterance': {
        const stream = streams.get(effect.utteranceId);
        check(stream !== undefined, 'finishes an utterance that was never started');
        streams.set(effect.utteranceId, { fromSample: stream?.fromSample ?? 0, toSample: effect.toSample });
        break;
      }
      case 'reset_detector':
        detector.reset(position);
        break;
      case 'emit_final':
      case 'release_audio':
        checkpoints.push({ checkpoint: effect.checkpoint, finals: countFinals(effects) });
        break;
      case 'session_finished':
        checkpoints.push({ checkpoint: effect.checkpoint, finals: countFinals(effects) });
        isFinished = true;
        break;
      case 'emit_interim':
      case 'speech_started':
      case 'speech_ended':
    }
  };

  const give = (event: PolicyEvent): void => {
    const before = neededFromSample(state);
    const result = step(state, event);
    state = result.state;
    result.effects.forEach(perform);
    check(neededFromSample(state) >= before, 'needs audio again that it had let go');
    checkState(state);
    const lesser = scheduler.outstanding().filter((decode) => decode.kind !== 'final');
    check(lesser.length <= 1, 'has two interims or speculations in flight');
    if (turn % 16 === 0) largestStateChars = Math.max(largestStateChars, JSON.stringify(state).length);
  };

  const giveAudio = (): void => {
    if (marks[0] === position) {
      marks = marks.slice(1);
      return give({ type: 'finalize_asked' });
    }
    if (position >= timeline.totalSamples) {
      isEnded = true;
      return give({ type: 'input_ended' });
    }
    const fromSample = position;
    position = Math.min(position + FRAME_SAMPLES, marks[0] ?? Infinity, timeline.totalSamples);
    const levelsDbfs: number[] = [];
    for (let at = fromSample; at + LEVEL_SAMPLES <= position; at += LEVEL_SAMPLES)
      levelsDbfs.push(timeline.levelDbfs(at));
    give({ type: 'frame_arrived', endSample: position, speech: detector.acceptUntil(position), levelsDbfs });
    for (const [utteranceId, stream] of streams) {
      if (stream.toSample !== undefined || stream.fromSample >= position) continue;
      const hypothesis = world.decode(stream.fromSample, position);
      give({ type: 'hypothesis_changed', utteranceId, endSample: position, hypothesis });
    }
  };

  const giveAnswer = (): void => {
    const decode = scheduler.finish();
    if (decode === undefined) return scheduler.start();
    const { requestId, fromSample, toSample } = decode;
    const isDropped = timing.length > 0 && failures < MOST_FAILURES && chance(7) === 3;
    if (isDropped) {
      failures += 1;
      return give({ type: 'decode_dropped', requestId });
    }
    give({ type: 'decode_finished', requestId, hypothesis: world.decode(fromSample, toSample) });
  };

  const giveStreamAnswer = (): boolean => {
    for (const [utteranceId, { fromSample, toSample }] of streams) {
      if (toSample === undefined) continue;
      streams.delete(utteranceId);
      give({ type: 'utterance_finished', utteranceId, hypothesis: world.decode(fromSample, toSample) });
      return true;
    }
    return false;
  };

  while (!isFinished && turn < (run.dieAfterTurns ?? 100_000)) {
    turn += 1;
    const dropped = inbox.shift();
    const isAnswerTime = timing.length === 0 || chance(5) < 2;
    if (dropped !== undefined) give(dropped);
    else if (isAnswerTime && scheduler.outstanding().length > 0) giveAnswer();
    else if (isAnswerTime && giveStreamAnswer()) continue;
    else if (isEnded || isBacklogged(state)) {
      giveAnswer();
      giveStreamAnswer();
    } else giveAudio();
  }
  const finals = effects.filter((effect): effect is Final => effect.type === 'emit_final');
  const interims = effects.filter((effect): effect is Interim => effect.type === 'emit_interim');
  return { finals, interims, effects, checkpoints, heard: detector.heard, isFinished, largestStateChars };
}

function checkState(state: PolicyState): void {
  check(state.waiting.length <= WAITING_FINALS_LIMIT + 1, 'lets its queue grow');
  check(state.segmenter.open === undefined || state.interim !== undefined, 'has an open utterance without an interim');
}

function countFinals(effects: readonly PolicyEffect[]): number {
  return effects.filter((effect) => effect.type === 'emit_final').length;
}

function check(condition: boolean, complaint: string): void {
  if (!condition) throw new Error(`The policy ${complaint}.`);
}
