import { describe, expect, it } from '@jest/globals';
import type { DurableMessage, SessionSnapshot } from '@verbatim/backbone';
import { sessionConfigSchema, sessionViewSchema, type Seq, type SessionId } from '@verbatim/protocol';
import { buildSessionView } from './session-body.ts';

const SNAPSHOT: SessionSnapshot = {
  sessionId: `s07-${'a'.repeat(32)}` as SessionId,
  config: { ...sessionConfigSchema.parse({ language: 'en-GB' }), provider: 'local' },
  state: 'detached',
  epoch: 'e1',
  lastSeq: 1 as Seq,
};

function final(seq: number, text: string): DurableMessage {
  const message = {
    ...{
      type: 'transcription',
      text,
      is_final: true,
      confidence: 0.9,
      language: 'en',
      timestamp: '2025-09-19T18:14:07',
    },
    ...{ session_id: SNAPSHOT.sessionId, seq, segment_id: seq - 1, revision: 0, start_ms: 0, end_ms: 900, channel: 0 },
    ...{ provider: 'local', speech_final: true, stable_chars: text.length },
  };
  return { seq: seq as Seq, json: JSON.stringify(message) };
}

const ENDED: DurableMessage = {
  seq: 3 as Seq,
  json: JSON.stringify({
    ...{ type: 'session_ended', session_id: SNAPSHOT.sessionId, text: 'one two', confidence: null, language: 'en' },
    ...{ audio_ms: 1000, segments: 2, reason: 'idle', seq: 3 },
  }),
};

describe('buildSessionView', () => {
  it('shows a session before its first final', () => {
    const view = buildSessionView({ ...SNAPSHOT, lastSeq: 0 as Seq }, []);
    expect(sessionViewSchema.parse(view)).toEqual({
      ...{ session_id: SNAPSHOT.sessionId, state: 'detached', language: 'en-GB', provider: 'local', epoch: 'e1' },
      ...{ last_seq: 0, transcript: '', segments: [] },
    });
  });

  it('joins the finals that say something, in order', () => {
    const view = buildSessionView(SNAPSHOT, [final(1, 'one'), final(2, ''), final(3, 'two')]);
    expect(sessionViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({ transcript: 'one two', last_seq: 3 });
    expect(view.segments.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'one'],
      [3, 'two'],
    ]);
    expect(view).not.toHaveProperty('reason');
  });

  it('says why it ended, also when the record was read just before', () => {
    expect(buildSessionView(SNAPSHOT, [final(1, 'one'), final(2, 'two'), ENDED])).toMatchObject({
      ...{ state: 'ended', reason: 'idle', last_seq: 3, transcript: 'one two' },
    });
  });

  it('leaves out what a newer version wrote', () => {
    const unknown = { seq: 2 as Seq, json: '{"type":"telepathy","seq":2}' };
    expect(buildSessionView(SNAPSHOT, [final(1, 'one'), unknown])).toMatchObject({ transcript: 'one', last_seq: 2 });
  });
});
