import { describe, expect, it } from '@jest/globals';
import { drivePolicy, plainOptions } from '../test/world/driven-policy.ts';

const streamed = { ...plainOptions, recognizer: 'streaming' as const };
const hypothesis = (text: string) => ({ text, confidence: null, language: 'en' });

describe('the policy with a streaming recogniser', () => {
  it('starts and finishes an utterance and never asks for a decode', () => {
    const policy = drivePolicy(streamed);
    policy.pause(0.5);
    policy.speak(2);
    expect(policy.all('start_utterance')).toEqual([{ type: 'start_utterance', utteranceId: 0, fromSample: 4_800 }]);
    policy.pause(0.6);
    expect(policy.all('finish_utterance')).toEqual([{ type: 'finish_utterance', utteranceId: 0, toSample: 49_600 }]);
    expect(policy.all('emit_final')).toHaveLength(0);
    policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('all of it') });
    expect(policy.last('emit_final')).toMatchObject({ segmentId: 0, text: 'all of it', fromSample: 4_800 });
    expect(policy.all('decode')).toHaveLength(0);
  });

  it('shows hypotheses as they change; the last word may grow and is never stable', () => {
    const policy = drivePolicy(streamed);
    policy.speak(1);
    for (const text of ['one t', 'one two', 'one two three']) {
      const endSample = policy.position();
      policy.give({ type: 'hypothesis_changed', utteranceId: 0, endSample, hypothesis: hypothesis(text) });
    }
    expect(policy.all('emit_interim').map(({ text, stableChars }) => [text, stableChars])).toEqual([
      ['one t', 0],
      ['one two', 3],
      ['one two three', 7],
    ]);
  });

  it('ignores hypotheses of utterances that are closed', () => {
    const policy = drivePolicy(streamed);
    policy.speak(1);
    policy.flush();
    expect(
      policy.give({ type: 'hypothesis_changed', utteranceId: 0, endSample: 16_000, hypothesis: hypothesis('late') }),
    ).toEqual([]);
    policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('in time') });
    expect(policy.last('emit_final').text).toBe('in time');
    expect(policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('again') })).toEqual([]);
  });

  it('keeps finals in order when a later utterance is finished first', () => {
    const policy = drivePolicy(streamed);
    policy.speak(1);
    policy.flush();
    policy.speak(1);
    policy.flush();
    policy.give({ type: 'utterance_finished', utteranceId: 1, hypothesis: hypothesis('second') });
    expect(policy.all('emit_final')).toHaveLength(0);
    policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('first') });
    expect(policy.all('emit_final').map((final) => final.text)).toEqual(['first', 'second']);
  });

  it('splits a long utterance at now, without overlap', () => {
    const policy = drivePolicy(streamed);
    policy.speak(15);
    expect(policy.last('finish_utterance').toSample).toBe(240_000);
    expect(policy.last('start_utterance')).toEqual({ type: 'start_utterance', utteranceId: 1, fromSample: 240_000 });
    policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('we went to the') });
    expect(policy.last('emit_final').isUtteranceEnd).toBe(false);
    policy.speak(1);
    policy.flush();
    policy.give({ type: 'utterance_finished', utteranceId: 1, hypothesis: hypothesis('The house') });
    expect(policy.last('emit_final').text).toBe('the house');
  });

  it('starts the open part again after a replay', () => {
    const policy = drivePolicy(streamed);
    policy.speak(15);
    policy.give({ type: 'utterance_finished', utteranceId: 0, hypothesis: hypothesis('we went to the') });
    const replayed = drivePolicy(streamed, policy.last('emit_final').checkpoint);
    replayed.speak(0.1);
    expect(replayed.effects).toEqual([{ type: 'start_utterance', utteranceId: 1, fromSample: 240_000 }]);
  });

  it('starts an utterance that one frame opens and closes, so that it can be finished', () => {
    const policy = drivePolicy({ ...streamed, endpointingSamples: 800, detectorLagSamples: 1_536 });
    policy.pause(1);
    const speech = [
      { endSample: 16_800, isSpeech: true },
      { endSample: 17_600, isSpeech: false },
    ];
    policy.give({ type: 'frame_arrived', endSample: 17_600, speech, levelsDbfs: [] });
    expect(policy.effects.map((effect) => effect.type).slice(-5)).toEqual([
      'speech_started',
      'speech_ended',
      'start_utterance',
      'finish_utterance',
      'reset_detector',
    ]);
  });
});
