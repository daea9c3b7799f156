import { describe, expect, it } from '@jest/globals';
import { drivePolicy, plainOptions } from '../test/world/driven-policy.ts';
import { initialState, isBacklogged, neededFromSample, WAITING_FINALS_LIMIT, type PolicyCheckpoint } from './index.ts';

function atForcedSplit(): PolicyCheckpoint {
  const policy = drivePolicy({ ...plainOptions, overlapSamples: 32_000 });
  policy.speak(15);
  policy.answer('these are twenty words of the kind that nobody would ever say in one breath but here they are now');
  return policy.last('emit_final').checkpoint;
}

describe('a checkpoint', () => {
  it('after a forced split holds the open part and the seam, and no word of the text', () => {
    const checkpoint = atForcedSplit();
    expect(Object.keys(checkpoint.policy).sort()).toEqual(['isEnd', 'open', 'seam', 'settledSample']);
    expect(JSON.stringify(checkpoint)).not.toMatch(/twenty|breath|now/);
    expect(JSON.stringify(checkpoint).length).toBeLessThan(700);
  });

  it('at a pause is small', () => {
    const policy = drivePolicy();
    policy.pause(1);
    expect(JSON.stringify(policy.last('release_audio').checkpoint).length).toBeLessThan(200);
  });

  it('restores the open part with its decode range', () => {
    const checkpoint = JSON.parse(JSON.stringify(atForcedSplit())) as PolicyCheckpoint;
    const { open } = initialState({ ...plainOptions, overlapSamples: 32_000 }, checkpoint).segmenter;
    expect(open).toMatchObject({ segmentId: 1, isContinuation: true, decodeFromSample: checkpoint.audioFromSample });
  });

  it('taken in the pause at a forced split gives the same final, from the same tries', () => {
    const policy = drivePolicy();
    policy.speak(12);
    policy.setLevel(-60);
    policy.speak(0.1);
    policy.setLevel(-20);
    policy.speak(2.7);
    policy.pause(0.2);
    policy.answer('first part');
    const { checkpoint } = policy.last('emit_final');
    const replayed = drivePolicy(plainOptions, JSON.parse(JSON.stringify(checkpoint)) as PolicyCheckpoint);
    for (const each of [policy, replayed]) {
      each.pause(0.5);
      for (const text of ['', '', 'second part']) each.answer(text);
    }
    expect(policy.last('emit_final').text).toBe('second part');
    expect(replayed.all('emit_final')).toEqual([policy.last('emit_final')]);
  });

  const good = atForcedSplit();
  it.each([
    { what: 'another version', checkpoint: { ...good, version: 2 }, error: /version 2/ },
    { what: 'a position that is none', checkpoint: { ...good, decidedSample: -1 }, error: /decidedSample/ },
    { what: 'a position in text', checkpoint: { ...good, nextSegmentId: '1' }, error: /nextSegmentId/ },
    { what: 'no policy', checkpoint: { ...good, policy: {} }, error: /settledSample/ },
    {
      what: 'a broken open part',
      checkpoint: { ...good, policy: { ...good.policy, open: {} } },
      error: /open\.fromSample/,
    },
    { what: 'an open part that is none', checkpoint: { ...good, policy: { ...good.policy, open: 7 } }, error: /open/ },
    { what: 'a broken seam', checkpoint: { ...good, policy: { ...good.policy, seam: { tail: [1] } } }, error: /tail/ },
  ])('with $what is refused by name', ({ checkpoint, error }) => {
    expect(() => initialState(plainOptions, checkpoint as unknown as PolicyCheckpoint)).toThrow(error);
  });
});

describe('options', () => {
  it.each([
    { name: 'hardMaxSamples', value: 31_999 },
    { name: 'detectorLagSamples', value: 8_001 },
    { name: 'endpointingSamples', value: -1 },
    { name: 'overlapSamples', value: Number.NaN },
  ])('are refused by name: $name of $value', ({ name, value }) => {
    expect(() => initialState({ ...plainOptions, [name]: value })).toThrow(new RegExp(`${name} is ${value}`));
  });
});

describe('the number of words that a part may repeat', () => {
  it.each([
    { what: 'four for the usual overlap', options: { overlapSamples: 3_200 }, words: 4 },
    { what: 'one more for each 0.1 s of a wider one', options: { overlapSamples: 32_000 }, words: 21 },
    { what: 'none where nothing overlaps', options: { recognizer: 'streaming' as const }, words: 0 },
  ])('is $what', ({ options, words }) => {
    expect(initialState({ ...plainOptions, ...options }).settings.stitchMaxWords).toBe(words);
  });
});

describe('what the shell asks', () => {
  it('is whether to hold back frames: at the bound of waiting finals', () => {
    const policy = drivePolicy();
    for (let final = 0; final < WAITING_FINALS_LIMIT; final += 1) {
      expect(isBacklogged(policy.state())).toBe(false);
      policy.speak(0.5);
      policy.flush();
    }
    expect(isBacklogged(policy.state())).toBe(true);
    policy.answer('one');
    expect(isBacklogged(policy.state())).toBe(false);
  });

  it('is from where on audio is needed', () => {
    const policy = drivePolicy();
    policy.pause(5);
    expect(neededFromSample(policy.state())).toBe(80_000 - 3_200);
    policy.speak(5);
    expect(neededFromSample(policy.state())).toBe(80_000 - 3_200);
    policy.flush();
    policy.speak(1);
    expect(neededFromSample(policy.state())).toBe(80_000 - 3_200);
    policy.answer('one');
    expect(neededFromSample(policy.state())).toBe(160_000);
  });
});
