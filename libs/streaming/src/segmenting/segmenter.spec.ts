import { describe, expect, it } from '@jest/globals';
import { drivePolicy, plainOptions } from '../../test/world/driven-policy.ts';

describe('an utterance', () => {
  it('opens 0.2 s and the detector lag before the first speech window', () => {
    const policy = drivePolicy({ ...plainOptions, detectorLagSamples: 1_536 });
    policy.pause(0.5);
    policy.speak(0.1);
    expect(policy.last('speech_started').atSample).toBe(8_000 - 1_536);
    expect(policy.state().segmenter.open?.fromSample).toBe(8_000 - 1_536 - 3_200);
  });

  it('never opens before the session or before the end of the last utterance', () => {
    const policy = drivePolicy({ ...plainOptions, endpointingSamples: 1_600 });
    policy.speak(0.5);
    expect(policy.state().segmenter.open?.fromSample).toBe(0);
    policy.pause(0.1);
    policy.answer('one');
    policy.speak(0.1);
    expect(policy.last('emit_final').toSample).toBe(9_600);
    expect(policy.state().segmenter.open?.fromSample).toBe(9_600);
  });

  it.each([
    { endpointingMs: 100, closesAfterSeconds: 0.1, toSample: 17_600 },
    { endpointingMs: 600, closesAfterSeconds: 0.6, toSample: 18_400 },
    { endpointingMs: 650, closesAfterSeconds: 0.7, toSample: 18_400 },
    { endpointingMs: 5_000, closesAfterSeconds: 5, toSample: 18_400 },
  ])('of $endpointingMs ms endpointing closes after $closesAfterSeconds s', (row) => {
    const policy = drivePolicy({ ...plainOptions, endpointingSamples: row.endpointingMs * 16 });
    policy.speak(1);
    policy.pause(row.closesAfterSeconds - 0.1);
    expect(policy.all('speech_ended')).toHaveLength(0);
    policy.pause(0.1);
    expect(policy.last('speech_ended').atSample).toBe(16_000);
    expect(policy.all('reset_detector')).toHaveLength(1);
    expect(policy.state().waiting[0]?.closed).toMatchObject({ fromSample: 0, toSample: row.toSample });
  });

  it('counts only silence that a late detector has judged, and ends the speech where it really ended', () => {
    const policy = drivePolicy({ ...plainOptions, detectorLagSamples: 1_600 });
    policy.speak(1);
    policy.pause(0.5);
    expect(policy.all('speech_ended')).toHaveLength(0);
    policy.pause(0.1);
    expect(policy.last('speech_ended').atSample).toBe(14_400);
  });

  it('stays open when speech goes on within the endpoint, though a late detector reports it after', () => {
    const policy = drivePolicy({ ...plainOptions, detectorLagSamples: 1_600 });
    policy.speak(1);
    // Silence from 0.9 s on; speech goes on at 1.4 s, after 0.5 s, and is reported at 1.6 s.
    policy.pause(0.5);
    policy.speak(0.1);
    expect(policy.all('speech_ended')).toHaveLength(0);
    expect(policy.all('speech_started')).toHaveLength(1);
  });

  it('hears a frame once, however often it is given', () => {
    const policy = drivePolicy();
    policy.speak(0.5);
    const before = policy.state();
    const speech = [{ endSample: 8_000, isSpeech: true }];
    expect(policy.give({ type: 'frame_arrived', endSample: 8_000, speech, levelsDbfs: [] })).toEqual([]);
    expect(policy.state()).toBe(before);
  });

  it('does not close while the detector hears speech, however short the endpoint and long the lag', () => {
    const policy = drivePolicy({ ...plainOptions, endpointingSamples: 1_600, detectorLagSamples: 1_600 });
    policy.speak(3);
    expect(policy.all('speech_ended')).toHaveLength(0);
  });

  it('closes on 0.35 s of silence once it is longer than 10 s', () => {
    const short = drivePolicy();
    short.speak(9);
    short.pause(0.4);
    expect(short.all('speech_ended')).toHaveLength(0);
    const long = drivePolicy();
    long.speak(10);
    long.pause(0.4);
    expect(long.all('speech_ended')).toHaveLength(1);
  });
});

describe('a forced split', () => {
  it('comes at 15 s, at the quietest place of the last 4 s, with the overlap on both sides', () => {
    const policy = drivePolicy();
    policy.speak(10);
    policy.setLevel(-60);
    policy.speak(0.5);
    policy.setLevel(-20);
    policy.speak(2);
    policy.setLevel(-40);
    policy.speak(0.1);
    policy.setLevel(-20);
    policy.speak(2.3);
    expect(policy.all('reset_detector')).toHaveLength(0);
    policy.speak(0.1);
    const [part] = policy.state().waiting;
    const quietFromSample = 12.5 * 16_000;
    expect(part?.closed.toSample).toBeGreaterThan(quietFromSample);
    expect(part?.closed.toSample).toBeLessThan(quietFromSample + 1_600);
    expect(part?.closed.decodeToSample).toBe((part?.closed.toSample ?? 0) + 1_600);
    expect(part?.closed.isUtteranceEnd).toBe(false);
    expect(policy.state().segmenter.open).toMatchObject({
      fromSample: part?.closed.toSample,
      decodeFromSample: (part?.closed.toSample ?? 0) - 1_600,
      isContinuation: true,
    });
    expect(policy.all('speech_ended')).toHaveLength(0);
    expect(policy.all('reset_detector')).toHaveLength(1);
  });

  it('spares the last 0.4 s, which are too short to be an utterance', () => {
    const policy = drivePolicy();
    policy.speak(14.6);
    policy.setLevel(-90);
    policy.speak(0.4);
    expect(policy.state().waiting[0]?.closed.toSample).toBeLessThanOrEqual(14.6 * 16_000 - 480);
  });

  it('takes the speech behind it over into the next part, whose empty answer is then suspicious', () => {
    const policy = drivePolicy();
    policy.speak(12);
    policy.setLevel(-60);
    policy.speak(0.1);
    policy.setLevel(-20);
    policy.speak(2.9);
    policy.answer('first part');
    policy.pause(0.2);
    policy.answer('');
    policy.pause(0.4);
    expect(policy.last('decode').kind).toBe('final');
    expect(policy.state().waiting[0]?.closed.speechSamples).toBe(240_000 - (policy.last('emit_final').toSample ?? 0));
  });

  it('leaves the ranges of the two finals touching', () => {
    const policy = drivePolicy();
    policy.speak(15);
    policy.answer('first part');
    policy.speak(1);
    policy.pause(1);
    policy.answer('second part');
    const [first, second] = policy.all('emit_final');
    expect(first?.isUtteranceEnd).toBe(false);
    expect(second?.fromSample).toBe(first?.toSample);
  });
});

describe('a flush', () => {
  it('closes the open utterance at once', () => {
    const policy = drivePolicy();
    policy.speak(1);
    policy.flush();
    expect(policy.last('decode')).toMatchObject({ kind: 'final', fromSample: 0, toSample: 16_000 });
    policy.answer('so far');
    expect(policy.last('emit_final')).toMatchObject({ text: 'so far', isUtteranceEnd: true });
    expect(policy.last('emit_final').checkpoint).toMatchObject({ decidedSample: 16_000, flushesAtDecided: 1 });
  });

  it('answers with an empty final when nothing is open, and counts the flushes at one position', () => {
    const policy = drivePolicy();
    policy.pause(0.5);
    policy.flush();
    policy.flush();
    expect(policy.all('emit_final').map(({ segmentId, text }) => [segmentId, text])).toEqual([
      [0, ''],
      [1, ''],
    ]);
    expect(policy.last('emit_final').hypothesis).toEqual({ text: '', confidence: null, language: 'und' });
    expect(policy.last('emit_final').checkpoint.flushesAtDecided).toBe(2);
    policy.pause(0.1);
    policy.flush();
    expect(policy.last('emit_final').checkpoint.flushesAtDecided).toBe(1);
  });

  it('keeps the order: the empty final waits for the one before it', () => {
    const policy = drivePolicy();
    policy.speak(1);
    policy.flush();
    policy.flush();
    expect(policy.all('emit_final')).toHaveLength(0);
    policy.answer('first');
    expect(policy.all('emit_final').map((final) => final.text)).toEqual(['first', '']);
  });

  it('lets the next utterance reach back over it for an onset that the detector had not reported yet', () => {
    const policy = drivePolicy({ ...plainOptions, detectorLagSamples: 1_536 });
    policy.pause(1);
    policy.flush();
    policy.speak(0.1);
    expect(policy.state().segmenter.open?.fromSample).toBe(16_000 - 1_536 - 3_200);
    expect(policy.last('emit_final').toSample).toBeLessThanOrEqual(16_000 - 1_536 - 3_200);
  });

  it('answers less than 0.1 s of audio without a decode', () => {
    const policy = drivePolicy();
    const speech = [{ endSample: 800, isSpeech: true }];
    policy.give({ type: 'frame_arrived', endSample: 800, speech, levelsDbfs: [-20, -20] });
    policy.flush();
    expect(policy.all('decode')).toHaveLength(0);
    expect(policy.last('emit_final').text).toBe('');
  });
});

describe('silence', () => {
  it('resets the detector and releases the audio once a second', () => {
    const policy = drivePolicy();
    policy.pause(3);
    expect(policy.all('reset_detector')).toHaveLength(3);
    expect(policy.all('release_audio').map(({ checkpoint }) => checkpoint.decidedSample)).toEqual([
      16_000, 32_000, 48_000,
    ]);
    expect(policy.last('release_audio').checkpoint.audioFromSample).toBe(48_000 - 3_200);
  });

  it('leaves no part of a window behind at a reset: the first one after it starts there, as in a replay', () => {
    const policy = drivePolicy();
    const silent = Array.from({ length: 31 }, (_, index) => ({ endSample: (index + 1) * 512, isSpeech: false }));
    policy.give({ type: 'frame_arrived', endSample: 16_000, speech: silent, levelsDbfs: [] });
    const replayed = drivePolicy(plainOptions, policy.last('release_audio').checkpoint);
    for (const each of [policy, replayed]) {
      const speech = [{ endSample: 16_512, isSpeech: true }];
      each.give({ type: 'frame_arrived', endSample: 17_600, speech, levelsDbfs: [] });
      expect(each.last('speech_started').atSample).toBe(16_000);
      expect(each.state().segmenter.open).toMatchObject({ fromSample: 12_800, speechSamples: 512 });
    }
  });

  it('releases nothing past a final that is not out', () => {
    const policy = drivePolicy();
    policy.speak(0.9);
    policy.pause(3);
    expect(policy.last('decode').kind).toBe('speculative');
    expect(policy.all('release_audio')).toHaveLength(0);
    policy.answer('late');
    policy.pause(1);
    expect(policy.all('release_audio')).toHaveLength(1);
  });
});
