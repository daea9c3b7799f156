import { describe, expect, it } from '@jest/globals';
import { drivePolicy, plainOptions } from '../../test/world/driven-policy.ts';

const LOOP = 'no no no no no';

/** 0.9 s of speech and its end, with the speculation unanswered. */
function closedUtterance() {
  const policy = drivePolicy();
  policy.pause(0.5);
  policy.speak(0.9);
  policy.pause(0.6);
  return policy;
}

describe('a final', () => {
  it('asks for the whole range, padded with silence', () => {
    const policy = drivePolicy();
    policy.pause(0.5);
    policy.speak(0.7);
    policy.flush();
    expect(policy.last('decode')).toEqual({
      type: 'decode',
      requestId: 1,
      kind: 'final',
      fromSample: 4_800,
      toSample: 19_200,
      padHeadSamples: 1_600,
      padTailSamples: 4_800,
    });
  });

  it('is asked for although an interim is in flight, whose late answer is then ignored', () => {
    const policy = drivePolicy();
    policy.speak(1);
    const interim = policy.last('decode');
    expect(interim.kind).toBe('interim');
    policy.flush();
    expect(policy.last('decode').kind).toBe('final');
    const hypothesis = { text: 'late', confidence: null, language: 'en' };
    expect(policy.give({ type: 'decode_finished', requestId: interim.requestId, hypothesis })).toEqual([]);
    expect(policy.give({ type: 'decode_dropped', requestId: interim.requestId })).toEqual([]);
    policy.answer('in time');
    expect(policy.last('emit_final').text).toBe('in time');
  });

  it('waits for the final before it, one decode at a time', () => {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.flush();
    policy.speak(0.9);
    policy.flush();
    expect(policy.all('decode')).toHaveLength(1);
    policy.answer('one');
    expect(policy.all('decode')).toHaveLength(2);
    policy.answer('two');
    expect(policy.all('emit_final').map((final) => final.text)).toEqual(['one', 'two']);
  });

  it('is asked for again when its decode was dropped, as often as needed', () => {
    const policy = closedUtterance();
    const first = policy.last('decode');
    for (let time = 0; time < 5; time += 1) policy.drop();
    const { requestId, fromSample, toSample } = policy.last('decode');
    expect({ fromSample, toSample }).toEqual({ fromSample: first.fromSample, toSample: first.toSample });
    expect(requestId).toBe(first.requestId + 5);
    policy.answer('at last');
    expect(policy.last('emit_final').text).toBe('at last');
  });

  it('carries the checkpoint of the place where it was closed, whatever was heard meanwhile', () => {
    const policy = closedUtterance();
    policy.speak(3);
    policy.answer('first');
    expect(policy.last('emit_final').checkpoint).toEqual({
      version: 1,
      audioFromSample: 32_000 - 3_200,
      decidedSample: 32_000,
      flushesAtDecided: 0,
      nextSegmentId: 1,
      policy: { settledSample: 24_800, isEnd: false },
    });
  });

  it('has its words inside its range', () => {
    const policy = closedUtterance();
    const words = [
      { word: 'one', startSample: 0, endSample: 9_000, confidence: 0.9 },
      { word: 'two', startSample: 9_000, endSample: 99_000, confidence: 0.8 },
    ];
    policy.answer('One two.', { words, confidence: 0.85 });
    expect(policy.last('emit_final').hypothesis).toEqual({
      text: 'One two.',
      confidence: 0.85,
      language: 'en',
      words: [
        { word: 'one', startSample: 4_800, endSample: 9_000, confidence: 0.9 },
        { word: 'two', startSample: 9_000, endSample: 24_800, confidence: 0.8 },
      ],
    });
  });

  it('drops with the repeated words of a part their times too', () => {
    const policy = drivePolicy();
    policy.speak(15);
    policy.answer('we went to the');
    policy.flush();
    const word = (text: string, index: number) => {
      return { word: text, startSample: 230_000 + index * 1_000, endSample: 231_000 + index * 1_000, confidence: null };
    };
    policy.answer('The house', { words: [word('The', 0), word('house', 5)] });
    expect(policy.last('emit_final').text).toBe('house');
    expect(policy.last('emit_final').hypothesis.words?.map(({ word: text }) => text)).toEqual(['house']);
  });
});

describe('a suspicious answer', () => {
  it('is asked for twice more, with less of the head, and the sound answer wins', () => {
    const policy = closedUtterance();
    policy.answer(LOOP);
    expect(policy.last('decode')).toMatchObject({ kind: 'final', fromSample: 4_800 + 1_600, toSample: 24_800 });
    policy.answer('');
    expect(policy.last('decode')).toMatchObject({ kind: 'final', fromSample: 4_800 + 4_000, toSample: 24_800 });
    expect(policy.all('emit_final')).toHaveLength(0);
    policy.answer('sound');
    expect(policy.last('emit_final')).toMatchObject({ text: 'sound', fromSample: 4_800, toSample: 24_800 });
  });

  it.each([
    { answers: [LOOP, LOOP, LOOP], text: 'no' },
    { answers: ['', '', ''], text: '' },
    { answers: ['', LOOP, ''], text: 'no' },
  ])('three times over ($answers) ends with what is left of the best: "$text"', ({ answers, text }) => {
    const policy = closedUtterance();
    for (const each of answers) policy.answer(each);
    expect(policy.last('emit_final').text).toBe(text);
  });

  it('at the token limit three times over is taken as it first came', () => {
    const policy = closedUtterance();
    for (const text of ['yes sir', 'sir', 'sir']) policy.answer(text, { tokenCount: 99 });
    expect(policy.last('emit_final').text).toBe('yes sir');
  });

  it('from a speculation is tried again once the utterance has ended', () => {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.pause(0.2);
    policy.answer(LOOP);
    expect(policy.all('decode')).toHaveLength(1);
    policy.pause(0.4);
    expect(policy.last('decode')).toMatchObject({ kind: 'final', toSample: 16_800 - 1_600 });
    policy.answer('sound');
    expect(policy.last('emit_final').text).toBe('sound');
  });
});

describe('the end of the input', () => {
  it('flushes, and finishes the session after the last final', () => {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.end();
    expect(policy.all('session_finished')).toHaveLength(0);
    policy.answer('goodbye');
    expect(policy.effects.slice(-2).map((effect) => effect.type)).toEqual(['emit_final', 'session_finished']);
    expect(policy.last('emit_final').checkpoint).toMatchObject({ flushesAtDecided: 0, policy: { isEnd: true } });
  });

  it('with nothing open gives an empty final', () => {
    const policy = drivePolicy();
    policy.end();
    expect(policy.last('emit_final').text).toBe('');
    expect(policy.all('session_finished')).toHaveLength(1);
  });

  it('met again after a replay only finishes the session: its final is already out', () => {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.end();
    policy.answer('goodbye');
    const replayed = drivePolicy(plainOptions, policy.last('emit_final').checkpoint);
    replayed.end();
    expect(replayed.effects.map((effect) => effect.type)).toEqual(['session_finished']);
    replayed.end();
    replayed.speak(1);
    replayed.flush();
    expect(replayed.effects).toHaveLength(1);
  });
});
