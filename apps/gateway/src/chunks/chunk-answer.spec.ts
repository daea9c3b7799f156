import { describe, expect, it } from '@jest/globals';
import {
  chunkAnswerSchema,
  type Seq,
  type SessionSegment,
  type SessionView,
  type Transcription,
} from '@verbatim/protocol';
import { buildChunkAnswer, type AnswerFacts } from './chunk-answer.ts';

const SESSION_ID = `s07-${'a'.repeat(32)}`;

function segment(seq: number, text: string, more: Partial<SessionSegment> = {}): SessionSegment {
  const place = { start_ms: seq * 1000, end_ms: (seq + 1) * 1000, channel: 0 };
  return { seq, segment_id: seq - 1, ...place, text, confidence: null, language: 'en', provider: 'local', ...more };
}

const INTERIM: Transcription = {
  ...{ type: 'transcription', ...segment(3, 'and so'), is_final: false, confidence: 0.4, revision: 2 },
  ...{ timestamp: '2025-09-19T18:14:07', session_id: SESSION_ID, speech_final: false, stable_chars: 3 },
};

const VIEW: SessionView = {
  ...{ session_id: SESSION_ID, state: 'detached', language: 'en', provider: 'local', epoch: 'e', last_seq: 3 },
  ...{ transcript: 'one two three', segments: [segment(1, 'one'), segment(2, 'two'), segment(3, 'three')] },
};

function answer(facts: Partial<AnswerFacts>) {
  const range = { afterSeq: 1 as Seq, upToSeq: 3 as Seq };
  const built = buildChunkAnswer({
    ...{ index: 4, isFinalChunk: false, view: VIEW, range, interim: undefined, atMs: 1758305652384, ...facts },
  });
  return chunkAnswerSchema.parse(built);
}

describe('buildChunkAnswer', () => {
  it('tells the finals of its range and the whole transcript', () => {
    expect(answer({ interim: INTERIM })).toMatchObject({
      ...{ session_id: SESSION_ID, chunk_index: 4, text: 'two three', is_final: true, transcript: 'one two three' },
      ...{ confidence: null, provider: 'local', timestamp: '2025-09-19T18:14:12.384000' },
      segments: [{ seq: 2 }, { seq: 3 }],
    });
  });

  it('shows the newest interim while its range is empty, and nothing when there is none', () => {
    const range = { afterSeq: 3 as Seq, upToSeq: 3 as Seq };
    expect(answer({ range, interim: INTERIM })).toMatchObject({
      ...{ text: 'and so', is_final: false, confidence: 0.4, segments: [], transcript: 'one two three' },
    });
    expect(answer({ range })).toMatchObject({ text: '', is_final: false, confidence: null, language: 'en' });
  });

  it('weighs confidences by duration and never invents one', () => {
    const segments = [
      segment(2, 'two', { confidence: 0.9, start_ms: 0, end_ms: 3000 }),
      segment(3, 'three', { confidence: 0.5, start_ms: 3000, end_ms: 4000 }),
      segment(4, 'four'),
    ];
    const range = { afterSeq: 1 as Seq, upToSeq: 4 as Seq };
    expect(answer({ view: { ...VIEW, segments }, range }).confidence).toBeCloseTo(0.8, 5);
  });

  it('is final for the final chunk only when the transcript is complete', () => {
    expect(answer({ isFinalChunk: true })).toMatchObject({ text: 'two three', is_final: false });
    const ended: SessionView = { ...VIEW, state: 'ended', reason: 'client_end' };
    expect(answer({ isFinalChunk: true, view: ended })).toMatchObject({ text: 'two three', is_final: true });
    const range = { afterSeq: 3 as Seq, upToSeq: 3 as Seq };
    expect(answer({ isFinalChunk: true, view: ended, range, interim: INTERIM })).toMatchObject({
      text: '',
      is_final: true,
    });
  });

  it('says the language that was found and the recogniser that found it', () => {
    const segments = [segment(2, 'deux', { language: 'fr', provider: 'whisper' })];
    expect(answer({ view: { ...VIEW, language: 'auto', segments } })).toMatchObject({
      language: 'fr',
      provider: 'whisper',
    });
  });
});
