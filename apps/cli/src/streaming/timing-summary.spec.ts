import { describe, expect, it } from '@jest/globals';
import { transcription } from '../captions/transcription.fixture.ts';
import { createTimingWatch, describeTimings, percentile } from './timing-summary.ts';

describe('percentile', () => {
  it('is always a value that was measured', () => {
    expect(percentile([], 0.5)).toBeUndefined();
    expect(percentile([30, 10, 20], 0.5)).toBe(20);
    expect(percentile([30, 10, 20], 0.95)).toBe(30);
    expect(percentile([30, 10, 20], 0)).toBe(10);
  });
});

describe('createTimingWatch', () => {
  it('measures from the moment the audio in question was sent', () => {
    const watch = createTimingWatch();
    for (let positionMs = 100; positionMs <= 3000; positionMs += 100) watch.sends.record(positionMs, 5000 + positionMs);
    watch.see({ type: 'speech_started', at_ms: 400, channel: 0 }, 5600);
    watch.see(transcription({ text: 'hel', revision: 1 }), 6000);
    watch.see(transcription({ text: 'Hello.', is_final: true, end_ms: 2000 }), 7800);
    watch.see(transcription({ text: '', is_final: true, end_ms: 3000 }), 9000);
    const timings = watch.sum({ connectMs: 12, audioMs: 3000, tookMs: 4000 });
    expect(timings).toMatchObject({ firstWordsMs: 600, finals: 1, finalDelayP50Ms: 800, finalDelayP95Ms: 800 });
    expect(describeTimings(timings)).toBe(
      'Timing: connected in 12 ms; first words 0.60 s after speech began; 1 finals, 0.80 s (p50) and 0.80 s (p95) after their last word; 3.00 s of audio in 4.00 s.',
    );
  });

  it('leaves out what did not happen', () => {
    const timings = createTimingWatch().sum({ connectMs: 3, audioMs: 1000, tookMs: 1100 });
    expect(describeTimings(timings)).toBe('Timing: connected in 3 ms; 1.00 s of audio in 1.10 s.');
  });
});
