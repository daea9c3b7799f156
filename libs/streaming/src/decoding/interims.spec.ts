import { describe, expect, it } from '@jest/globals';
import { drivePolicy, plainOptions } from '../../test/world/driven-policy.ts';

const quick = { ...plainOptions, interimCadenceSamples: 8_000 };

describe('the cadence of interims', () => {
  it('asks from the start of the utterance to now, each time more', () => {
    const policy = drivePolicy();
    policy.pause(0.5);
    policy.speak(0.8);
    expect(policy.last('decode')).toMatchObject({ kind: 'interim', fromSample: 4_800, toSample: 20_800 });
    policy.answer('one two');
    policy.speak(1);
    expect(policy.last('decode')).toMatchObject({ kind: 'interim', fromSample: 4_800, toSample: 36_800 });
  });

  it('waits for 0.5 s of audio', () => {
    const policy = drivePolicy({ ...plainOptions, interimCadenceSamples: 1_600 });
    policy.speak(0.4);
    expect(policy.all('decode')).toHaveLength(0);
    policy.speak(0.1);
    expect(policy.all('decode')).toHaveLength(1);
  });

  it('has one decode in flight, however late its answer', () => {
    const policy = drivePolicy(quick);
    policy.speak(4);
    expect(policy.all('decode')).toHaveLength(1);
    policy.answer('one two');
    expect(policy.last('decode')).toMatchObject({ kind: 'interim', toSample: 64_000 });
  });

  it('grows by 0.05 s for each second past 4 s', () => {
    const policy = drivePolicy(quick);
    const lengths: number[] = [];
    for (let frame = 0; frame < 100; frame += 1) {
      const asked = policy.all('decode').length;
      policy.speak(0.1);
      if (policy.all('decode').length === asked) continue;
      lengths.push(policy.position());
      policy.answer('one two');
    }
    const gaps = lengths.map((length, index) => (length - (lengths[index - 1] ?? 0)) / 1_600);
    expect(gaps.slice(0, 8)).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
    expect(gaps.slice(8)).toEqual([6, 6, 6, 7, 7, 7, 8, 8]);
  });

  it('asks for nothing when nothing new was said', () => {
    const policy = drivePolicy({ ...quick, endpointingSamples: 80_000 });
    policy.speak(0.5);
    policy.answer('one two');
    policy.pause(2);
    policy.answer('one two');
    expect(policy.all('decode').map((decode) => decode.kind)).toEqual(['interim', 'speculative']);
  });

  it('asks again at the next beat when a decode was dropped', () => {
    const policy = drivePolicy(quick);
    policy.speak(0.5);
    expect(policy.drop()).toEqual([]);
    policy.speak(0.4);
    expect(policy.all('decode')).toHaveLength(1);
    policy.speak(0.1);
    expect(policy.all('decode')).toHaveLength(2);
  });

  it('asks again after 0.2 s when the answer leaves no word to show, and at its beat from the first word on', () => {
    const policy = drivePolicy(quick);
    policy.speak(0.5);
    policy.answer('one');
    policy.speak(0.2);
    expect(policy.last('decode').toSample).toBe(11_200);
    policy.answer('one tw');
    policy.speak(0.4);
    expect(policy.all('decode')).toHaveLength(2);
    policy.speak(0.1);
    expect(policy.last('decode').toSample).toBe(19_200);
  });

  it('is silent when the client wants no interims; the speculation is made all the same', () => {
    const policy = drivePolicy({ ...quick, interimResults: false });
    policy.speak(3);
    policy.pause(0.2);
    policy.answer('one two');
    expect(policy.all('decode').map((decode) => decode.kind)).toEqual(['speculative']);
    expect(policy.all('emit_interim')).toHaveLength(0);
  });
});

describe('an interim', () => {
  it('withholds the last word, and says how much is stable', () => {
    const policy = drivePolicy(quick);
    policy.speak(0.5);
    policy.answer('one two thr');
    expect(policy.last('emit_interim')).toMatchObject({ text: 'one two', stableChars: 0, revision: 1 });
    policy.speak(0.5);
    policy.answer('one two three fo');
    expect(policy.last('emit_interim')).toEqual({
      type: 'emit_interim',
      segmentId: 0,
      revision: 2,
      fromSample: 0,
      toSample: 16_000,
      text: 'one two three',
      stableChars: 7,
      hypothesis: { text: 'one two three', confidence: null, language: 'en' },
    });
  });

  it('is not sent when it says nothing new', () => {
    const policy = drivePolicy(quick);
    policy.speak(0.5);
    policy.answer('one');
    expect(policy.all('emit_interim')).toHaveLength(0);
    for (const text of ['one two', 'one two', 'one two']) {
      policy.speak(0.5);
      policy.answer(text);
    }
    expect(policy.all('emit_interim').map(({ stableChars }) => stableChars)).toEqual([0, 3]);
  });

  it('gets no second try: a loop is cut', () => {
    const policy = drivePolicy(quick);
    policy.speak(0.5);
    policy.answer('so no no no no no no');
    expect(policy.last('emit_interim').text).toBe('so');
    expect(policy.all('decode')).toHaveLength(1);
  });

  it('carries the words of what it shows, where there are any', () => {
    const policy = drivePolicy(quick);
    const words = ['one', 'two', 'three'].map((word, index) => {
      return { word, startSample: index * 2_000, endSample: index * 2_000 + 1_800, confidence: 0.7 };
    });
    policy.speak(0.5);
    policy.answer('One, two, three.', { words, confidence: 0.7 });
    expect(policy.last('emit_interim').text).toBe('One, two,');
    expect(policy.last('emit_interim').hypothesis).toMatchObject({ words: words.slice(0, 2), confidence: 0.7 });
  });

  it('of the part after a forced split leaves out what it repeats', () => {
    const policy = drivePolicy();
    policy.speak(15);
    policy.answer('we went to the');
    policy.speak(1);
    policy.answer('the House of com');
    expect(policy.last('emit_interim')).toMatchObject({ segmentId: 1, text: 'house of' });
  });
});

describe('an interim after a pause', () => {
  it('decodes the whole utterance again, so that what follows may correct the words before the pause', () => {
    const policy = drivePolicy({ ...quick, endpointingSamples: 16_000 });
    policy.speak(5);
    policy.drop();
    policy.pause(0.4);
    policy.answer('mention in passing the');
    policy.speak(1);
    expect(policy.last('decode')).toMatchObject({ kind: 'interim', fromSample: 0 });
    policy.answer('mention in passing that as an');
    expect(policy.last('emit_interim').text).toBe('mention in passing that as');
  });
});

describe('a speculation', () => {
  function pausing() {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.pause(0.1);
    expect(policy.all('decode')).toHaveLength(0);
    policy.pause(0.1);
    return policy;
  }

  it('decodes at 0.2 s of silence what the final would', () => {
    const policy = pausing();
    expect(policy.last('decode')).toMatchObject({ kind: 'speculative', fromSample: 0, toSample: 16_800 });
  });

  it('becomes the final, at no cost, when no more speech comes', () => {
    const policy = pausing();
    policy.answer('that is all');
    expect(policy.last('emit_interim')).toMatchObject({ text: 'that is all', toSample: 16_800 });
    policy.pause(0.4);
    expect(policy.all('decode')).toHaveLength(1);
    expect(policy.last('emit_final')).toMatchObject({ text: 'that is all', fromSample: 0, toSample: 16_800 });
  });

  it('is waited for when it is still in flight at the endpoint', () => {
    const policy = pausing();
    policy.pause(0.4);
    expect(policy.all('speech_ended')).toHaveLength(1);
    expect(policy.all('decode')).toHaveLength(1);
    policy.answer('that is all');
    expect(policy.last('emit_final').text).toBe('that is all');
  });

  it('is asked for again as a final when it was dropped after the endpoint', () => {
    const policy = pausing();
    policy.pause(0.4);
    policy.drop();
    expect(policy.last('decode')).toMatchObject({ kind: 'final', requestId: 2, fromSample: 0, toSample: 16_800 });
  });

  it('is asked for again with the next frame when it was dropped before', () => {
    const policy = pausing();
    expect(policy.drop()).toEqual([]);
    policy.pause(0.1);
    expect(policy.last('decode')).toMatchObject({ kind: 'speculative', requestId: 2, toSample: 16_800 });
  });

  it('is stale as a final once speech went on', () => {
    const policy = pausing();
    policy.answer('that is all');
    policy.speak(0.3);
    policy.flush();
    expect(policy.last('decode')).toMatchObject({ kind: 'final', fromSample: 0, toSample: policy.position() });
    policy.answer('that is all of it');
    expect(policy.last('emit_final').text).toBe('that is all of it');
  });

  it('serves a flush in the same pause too', () => {
    const policy = pausing();
    policy.answer('that is all');
    policy.flush();
    expect(policy.last('emit_final').text).toBe('that is all');
  });

  it('is not made when the endpoint comes as soon', () => {
    const policy = drivePolicy({ ...plainOptions, endpointingSamples: 3_200 });
    policy.speak(0.9);
    policy.pause(0.2);
    expect(policy.all('decode').map((decode) => decode.kind)).toEqual(['final']);
  });
});
