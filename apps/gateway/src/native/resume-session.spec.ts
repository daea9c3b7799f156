import { describe, expect, it } from '@jest/globals';
import type { DurableMessage, GatewaySide, ResumedSession, SessionSnapshot } from '@verbatim/backbone';
import { sessionConfigSchema, SttError, type Seq, type SessionId } from '@verbatim/protocol';
import { resumeSession } from './resume-session.ts';
import type { SessionParts } from './session-parts.ts';

const SESSION_ID = `s00-${'a'.repeat(32)}` as SessionId;

function resumed(change: Partial<ResumedSession> = {}): ResumedSession {
  return {
    ...{ sessionId: SESSION_ID, epoch: 'e1', resumeToken: 't2', connection: 2, state: 'live', lastSeq: 10 as Seq },
    config: { ...sessionConfigSchema.parse({}), provider: 'ledger' },
    audio: { sample: 1600, clientBytes: 3200 },
    ...change,
  };
}

/** A GatewaySide that answers a resume with `answer`. */
function partsOf(answer: ResumedSession | SttError, changes: Partial<GatewaySide> = {}) {
  const calls: string[] = [];
  const backbone: Partial<GatewaySide> = {
    resumeSession: () => (answer instanceof SttError ? Promise.reject(answer) : Promise.resolve(answer)),
    detach: (_sessionId, connection) => Promise.resolve(void calls.push(`detach ${connection}`)),
    readSession: () => Promise.resolve(undefined),
    readLog: () => Promise.resolve([]),
    ...changes,
  };
  return { parts: { backbone, resumeWindowMs: 300_000 } as unknown as SessionParts, calls };
}

async function ask(parts: SessionParts, lastSeq = 0) {
  return resumeSession(parts, { sessionId: SESSION_ID, resumeToken: 't1', lastSeq: lastSeq as Seq });
}

const GONE = new SttError('resume_unrecoverable', 'gone');
const LAST: Record<'idle' | 'client_end', DurableMessage> = {
  idle: { seq: 10 as Seq, json: '{"type":"session_ended","reason":"idle"}' },
  client_end: { seq: 10 as Seq, json: '{"type":"session_ended","reason":"client_end"}' },
};

describe('resumeSession', () => {
  it("goes on at the server's position, after the client's last message", async () => {
    const { parts } = partsOf(resumed());
    await expect(ask(parts, 4)).resolves.toMatchObject({
      ...{ kind: 'resumed', connection: 2, hasEnded: false, afterSeq: 4, start: { clientBytes: 3200 } },
      greeting: { type: 'session_resumed', recovered: true, audio_bytes: 3200, from_seq: 4, resume_token: 't2' },
    });
  });

  it.each([0, 10, 11, 74])('takes a client that has seq %i of a log that ends at 10', async (lastSeq) => {
    const { parts, calls } = partsOf(resumed());
    await expect(ask(parts, lastSeq)).resolves.toMatchObject({ afterSeq: lastSeq });
    expect(calls).toEqual([]);
  });

  it('does not take one that has far more than is stored, and leaves the session to be resumed', async () => {
    const { parts, calls } = partsOf(resumed());
    await expect(ask(parts, 75)).rejects.toMatchObject({ code: 'resume_unrecoverable', field: 'last_seq' });
    expect(calls).toEqual(['detach 2']);
  });

  it('takes none that has more than a log that is complete', async () => {
    const { parts, calls } = partsOf(resumed({ state: 'ended' }));
    await expect(ask(parts, 11)).rejects.toMatchObject({ code: 'resume_unrecoverable' });
    expect(calls).toEqual([]);
  });

  it('replays a session that its client has ended', async () => {
    const { parts } = partsOf(resumed({ state: 'ended' }), { readLog: () => Promise.resolve([LAST.client_end]) });
    await expect(ask(parts, 3)).resolves.toMatchObject({ hasEnded: true, afterSeq: 3 });
  });

  it('does not call a session recovered that was ended because nobody came back', async () => {
    const { parts } = partsOf(resumed({ state: 'ended' }), { readLog: () => Promise.resolve([LAST.idle]) });
    await expect(ask(parts, 3)).rejects.toMatchObject({
      code: 'resume_unrecoverable',
      message: expect.stringContaining(`GET /stt/sessions/${SESSION_ID} has the transcript so far`),
    });
  });

  it('says where the transcript is only when it is there', async () => {
    const { parts } = partsOf(GONE);
    await expect(ask(parts)).rejects.toMatchObject({ message: expect.not.stringContaining('GET') });
    const snapshot = { state: 'expiring' } as SessionSnapshot;
    const kept = partsOf(GONE, { readSession: () => Promise.resolve(snapshot) });
    await expect(ask(kept.parts)).rejects.toMatchObject({ message: expect.stringContaining('GET /stt/sessions/') });
    const away = partsOf(GONE, { readSession: () => Promise.reject(new Error('away')) });
    await expect(ask(away.parts)).rejects.toMatchObject({ code: 'resume_unrecoverable' });
  });

  it('passes on every other refusal as it is', async () => {
    const { parts } = partsOf(new SttError('session_not_found', 'not the newest token'));
    await expect(ask(parts)).rejects.toMatchObject({ code: 'session_not_found', message: 'not the newest token' });
  });
});
