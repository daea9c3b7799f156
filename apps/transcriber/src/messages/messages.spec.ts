import { describe, expect, it } from '@jest/globals';
import type { DurableMessage } from '@verbatim/backbone';
import { serverMessageSchema, sessionConfigSchema, type Seq, type SessionId } from '@verbatim/protocol';
import type { Hypothesis, PolicyCheckpoint } from '@verbatim/streaming';
import { sessionEndedMessage } from './session-ended-message.ts';
import { speechMessage } from './speech-message.ts';
import { finalMessage, interimMessage, type MessageOrigin } from './transcription-message.ts';

const sessionId = 's07-00000000000000000000000000000000' as SessionId;
const origin: MessageOrigin = { sessionId, channel: 1, provider: 'ledger', sessionLanguage: 'en', wantsWords: true };
const stamp = { seq: 3 as Seq, atMs: Date.UTC(2025, 8, 19, 18, 14, 7, 128) };
const hypothesis: Hypothesis = {
  text: 'w1 w2',
  confidence: 0.5,
  language: 'en',
  words: [{ word: 'w1', startSample: 1600, endSample: 3200, confidence: null }],
};
const checkpoint: PolicyCheckpoint = {
  version: 1,
  audioFromSample: 0,
  decidedSample: 0,
  flushesAtDecided: 0,
  nextSegmentId: 0,
  policy: {},
};
const range = { segmentId: 4, fromSample: 1600, toSample: 17_600, text: 'w1 w2', hypothesis };

describe('the messages of a session', () => {
  it('say an interim with what is stable of it', () => {
    const message = interimMessage(origin, { type: 'emit_interim', revision: 2, stableChars: 2, ...range }, stamp);
    expect(serverMessageSchema.parse(message)).toEqual(message);
    expect(message).toEqual({
      type: 'transcription',
      text: 'w1 w2',
      is_final: false,
      confidence: 0.5,
      language: 'en',
      timestamp: '2025-09-19T18:14:07.128000',
      session_id: sessionId,
      seq: 3,
      segment_id: 4,
      revision: 2,
      start_ms: 100,
      end_ms: 1100,
      channel: 1,
      provider: 'ledger',
      speech_final: false,
      stable_chars: 2,
      words: [{ word: 'w1', start_ms: 100, end_ms: 200, confidence: null }],
    });
  });

  it('say a final, stable as a whole, and whether it ends its utterance', () => {
    const effect = { type: 'emit_final', isUtteranceEnd: true, checkpoint, ...range } as const;
    expect(finalMessage(origin, effect, stamp)).toMatchObject({ is_final: true, speech_final: true, stable_chars: 5 });
    expect(finalMessage(origin, { ...effect, isUtteranceEnd: false }, stamp)).toMatchObject({ speech_final: false });
  });

  it('name the recogniser that gave the text, also where it is not the one of the session', () => {
    const given = { ...range, hypothesis: { ...hypothesis, answeredBy: 'local' } };
    const final = finalMessage(origin, { type: 'emit_final', isUtteranceEnd: true, checkpoint, ...given }, stamp);
    const interim = interimMessage(origin, { type: 'emit_interim', revision: 2, stableChars: 2, ...given }, stamp);
    expect([final.provider, interim.provider]).toEqual(['local', 'local']);
  });

  it('say the language of the session where nothing was said, and none where the client left it open', () => {
    const nothing = { ...range, text: '', hypothesis: { text: '', confidence: null, language: 'und' } };
    const effect = { type: 'emit_final', isUtteranceEnd: true, checkpoint, ...nothing } as const;
    expect(finalMessage(origin, effect, stamp).language).toBe('en');
    expect(finalMessage({ ...origin, sessionLanguage: 'auto' }, effect, stamp).language).toBe('und');
  });

  it('leave words out where nobody asked for them or the recogniser has none', () => {
    const effect = { type: 'emit_final', isUtteranceEnd: true, checkpoint, ...range } as const;
    expect(finalMessage({ ...origin, wantsWords: false }, effect, stamp)).not.toHaveProperty('words');
    const wordless = { text: 'w1 w2', confidence: null, language: 'en' };
    expect(finalMessage(origin, { ...effect, hypothesis: wordless }, stamp)).not.toHaveProperty('words');
  });

  it('say where speech began and ended', () => {
    expect(speechMessage('speech_started', 16_000, 0)).toEqual({ type: 'speech_started', at_ms: 1000, channel: 0 });
  });
});

describe('the last message of a session', () => {
  const config = { ...sessionConfigSchema.parse({ language: 'auto' }), provider: 'ledger' as const };

  function final(seq: number, text: string, confidence: number | null, durationMs: number): DurableMessage {
    const effect = {
      type: 'emit_final',
      isUtteranceEnd: true,
      checkpoint,
      segmentId: seq,
      fromSample: 0,
      toSample: durationMs * 16,
      text,
      hypothesis: { text, confidence, language: 'fr' },
    } as const;
    return { seq: seq as Seq, json: JSON.stringify(finalMessage(origin, effect, { ...stamp, seq: seq as Seq })) };
  }

  it('holds all text of the log, and its confidence weighted by duration', () => {
    const log = [
      final(1, 'one', 0.8, 3000),
      final(2, '', null, 100),
      final(3, 'two', 0.4, 1000),
      final(4, 'three', null, 500),
    ];
    const message = sessionEndedMessage({ sessionId, config, log, audioSamples: 80_000, reason: 'idle' }, 5 as Seq);
    expect(serverMessageSchema.parse(message)).toEqual(message);
    expect(message).toEqual({
      type: 'session_ended',
      session_id: sessionId,
      text: 'one two three',
      confidence: expect.closeTo(0.7),
      language: 'fr',
      audio_ms: 5000,
      segments: 4,
      reason: 'idle',
      seq: 5,
    });
  });

  it('invents nothing where nothing was said', () => {
    const log = [final(1, '', null, 0)];
    const ended = { sessionId, config, log, audioSamples: 0, reason: 'client_end' } as const;
    const message = sessionEndedMessage(ended, 2 as Seq);
    expect(message).toMatchObject({ text: '', confidence: null, language: 'auto', segments: 1, audio_ms: 0 });
  });
});
