import {
  initialState,
  recommendedOptions,
  step,
  type Hypothesis,
  type PolicyCheckpoint,
  type PolicyEffect,
  type PolicyEvent,
  type PolicyOptions,
} from '../../src/index.ts';
import { LEVEL_SAMPLES } from '../../src/policy-constants.ts';

const FRAME_SAMPLES = 1_600;

type EffectOf<Type extends PolicyEffect['type']> = Extract<PolicyEffect, { type: Type }>;

/** A detector without lag and an endpoint of 0.6 s: positions in tests are then round. */
export const plainOptions: PolicyOptions = { ...recommendedOptions, detectorLagSamples: 0 };

/** A policy played by hand, frame by frame, one voice-activity window to a frame. */
export function drivePolicy(options: PolicyOptions = plainOptions, checkpoint?: PolicyCheckpoint) {
  let state = initialState(options, checkpoint);
  let position = checkpoint?.decidedSample ?? 0;
  let levelDbfs = -20;
  const effects: PolicyEffect[] = [];

  const give = (event: PolicyEvent): readonly PolicyEffect[] => {
    const result = step(state, event);
    state = result.state;
    effects.push(...result.effects);
    return result.effects;
  };
  const all = <Type extends PolicyEffect['type']>(type: Type): readonly EffectOf<Type>[] =>
    effects.filter((effect): effect is EffectOf<Type> => effect.type === type);
  const last = <Type extends PolicyEffect['type']>(type: Type): EffectOf<Type> => {
    const found = all(type).at(-1);
    if (found === undefined) throw new Error(`No effect ${type} yet.`);
    return found;
  };
  const hear = (isSpeech: boolean, seconds: number): void => {
    for (let left = Math.round(seconds * 10); left > 0; left -= 1) {
      position += FRAME_SAMPLES;
      const levelsDbfs = Array.from({ length: FRAME_SAMPLES / LEVEL_SAMPLES }, () => levelDbfs);
      give({ type: 'frame_arrived', endSample: position, speech: [{ endSample: position, isSpeech }], levelsDbfs });
    }
  };

  return {
    effects,
    give,
    all,
    last,
    state: () => state,
    position: () => position,
    speak: (seconds: number) => hear(true, seconds),
    pause: (seconds: number) => hear(false, seconds),
    setLevel: (dbfs: number) => {
      levelDbfs = dbfs;
    },
    /** Answers the decode asked for last. */
    answer: (text: string, more: Partial<Hypothesis> = {}) =>
      give({
        type: 'decode_finished',
        requestId: last('decode').requestId,
        hypothesis: { text, confidence: null, language: 'en', ...more },
      }),
    drop: () => give({ type: 'decode_dropped', requestId: last('decode').requestId }),
    flush: () => give({ type: 'finalize_asked' }),
    end: () => give({ type: 'input_ended' }),
  };
}
