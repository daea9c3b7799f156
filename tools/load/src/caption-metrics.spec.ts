import { describe, expect, it } from '@jest/globals';
import type { Transcription } from '@verbatim/protocol';
import { measureCaptions } from './caption-metrics.ts';

const VOICED = [{ fromMs: 0, toMs: 1000 }];

function transcription(text: string, isFinal: boolean, stableChars = 0): Transcription {
  return {
    type: 'transcription',
    text,
    is_final: isFinal,
    confidence: null,
    language: 'en',
    timestamp: '2026-01-01T00:00:00.000000',
    session_id: 's00-x',
    seq: 1,
    segment_id: 0,
    revision: 0,
    start_ms: 0,
    end_ms: 1000,
    channel: 0,
    provider: 'local',
    speech_final: isFinal,
    stable_chars: stableChars,
  };
}

describe('measureCaptions', () => {
  const metrics = measureCaptions(
    [
      { atMs: 700, message: transcription('this', false) },
      { atMs: 1200, message: transcription('this hat', false, 4) },
      { atMs: 1700, message: transcription('This cat.', true) },
    ],
    VOICED,
  );

  it('counts a word as changed when the next message has another in its place', () => {
    expect(metrics.changedWords).toBe(1);
    expect(metrics.changedStableWords).toBe(0);
  });

  it('takes the time at which a word was first seen in its place, after its estimated end', () => {
    const endOfThisMs = (4 / 7) * 1000;
    expect(metrics.shownAfterMs.map(Math.round)).toEqual([Math.round(700 - endOfThisMs), 700]);
    expect(metrics.stableAfterMs.map(Math.round)).toEqual([Math.round(1200 - endOfThisMs), 700]);
  });

  it('takes a final after the end of the voice', () => {
    expect(metrics.finalAfterSpeechMs).toEqual([700]);
  });
});
