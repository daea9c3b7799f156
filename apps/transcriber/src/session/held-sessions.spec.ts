import { describe, expect, it } from '@jest/globals';
import type { AudioEntry, ClaimedSession, CommitRequest, CommitResult } from '@verbatim/backbone';
import { createLogger } from '@verbatim/observability';
import {
  serverMessageSchema,
  sessionConfigSchema,
  type Fence,
  type Seq,
  type ServerMessage,
  type SessionId,
} from '@verbatim/protocol';
import { createLedgerRecognizer } from '@verbatim/recognizers';
import { createFakeClock } from '@verbatim/testing';
import { createFakeBench } from '../../test/fake-bench.ts';
import { createStatsCounter } from '../presence/stats-counter.ts';
import { createHeldSessions } from './held-sessions.ts';
import { QUARANTINE_AFTER_OWNERS } from './quarantined-session.ts';
import type { Session } from './session.ts';
import { createWorkPump } from './work-pump.ts';

function claim(name: string, fence: number, checkpoint?: string, failedOwners = 0): ClaimedSession {
  const config = { ...sessionConfigSchema.parse({}), provider: 'ledger' as const };
  const isTakeover = fence > 1;
  const ids = { sessionId: name as SessionId, fence: fence as Fence, lastSeq: 0 as Seq };
  return { ...ids, config, checkpoint, isTakeover, failedOwners };
}

/** Gives a session what a read brings. */
function feed(session: Session | undefined, entries: readonly AudioEntry[]): void {
  const cursor = session?.cursor;
  if (session !== undefined && cursor !== undefined) session.accept(entries, cursor);
}

async function createBench() {
  const clock = createFakeClock();
  const released: string[] = [];
  const committed: CommitRequest[] = [];
  const published: ServerMessage[] = [];
  const answers: CommitResult[] = [];
  const counted: Record<string, number>[] = [];
  const stats = createStatsCounter((deltas) => Promise.resolve(void counted.push(deltas)));
  const held = createHeldSessions({
    ...clock,
    wallMs: () => 0,
    hedgeAfterMs: 0,
    random: () => 0,
    backbone: {
      commit(request) {
        committed.push(request);
        return Promise.resolve(answers.shift() ?? 'committed');
      },
      publish: (_, __, json) => void published.push(JSON.parse(json) as ServerMessage),
      readLog: () => Promise.resolve([]),
      release: (sessionId, fence, why) => Promise.resolve(void released.push(`${sessionId} ${fence} ${why}`)),
    },
    providers: new Map([
      ['ledger', createFakeBench({ clock, recognizer: createLedgerRecognizer({ kind: 'windowed' }) })],
    ]),
    pump: createWorkPump({ nowMs: () => 0, defer: (turn) => void clock.after(0, turn) }),
    stats,
    log: createLogger({ service: 'test', version: '0', level: 'silent' }),
  });
  const counts = async (): Promise<Record<string, number>> => {
    await stats.flush();
    return Object.assign({}, ...counted) as Record<string, number>;
  };
  return { clock, held, released, committed, published, answers, counts };
}

describe('the sessions a process holds', () => {
  it('are all handed back at the end', async () => {
    const bench = await createBench();
    bench.held.start(claim('a', 1));
    bench.held.start(claim('b', 2));
    expect(bench.held.leases().map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
    await bench.held.handOver();
    expect(bench.released).toEqual(['a 1 handed_over', 'b 2 handed_over']);
    expect(bench.held.size).toBe(0);
    expect(await bench.counts()).toEqual({ takeovers: 1, lag_count: 2 });
  });

  it('are dropped without a word when their lease is lost, unless it is an older claim that was lost', async () => {
    const bench = await createBench();
    bench.held.start(claim('a', 3));
    const [older] = bench.held.leases();
    // Under the same number: a failover took the first claim back.
    bench.held.start(claim('a', 3));
    const [newer] = bench.held.leases();
    if (older === undefined || newer === undefined) throw new Error('nothing is held');
    bench.held.lose(older);
    expect(bench.held.size).toBe(1);
    bench.held.lose(newer);
    expect(bench.held.size).toBe(0);
    await bench.clock.advance(60_000);
    expect(bench.released).toEqual([]);
  });

  it('rest after they failed, the longer the more often, and keep their lease meanwhile', async () => {
    const bench = await createBench();
    const hole = [{ kind: 'audio', streamId: '9600-0', endSample: 9600, pcm: Buffer.alloc(3200) }] as const;
    bench.held.start(claim('a', 1));
    feed(bench.held.sessions()[0], hole);
    expect(bench.held.sessions()).toEqual([]);
    await bench.clock.advance(0);
    expect(bench.released).toEqual(['a 1 failed']);
    bench.held.start(claim('a', 2));
    feed(bench.held.sessions()[0], hole);
    await bench.clock.advance(499);
    expect(bench.released).toEqual(['a 1 failed']);
    expect(bench.held.leases()).toMatchObject([{ sessionId: 'a', fence: 2 }]);
    await bench.clock.advance(1);
    expect(bench.released).toEqual(['a 1 failed', 'a 2 failed']);
    expect(bench.held.leases()).toEqual([]);
  });

  it('are left to another version when only that can read their checkpoint, which says nothing against their audio', async () => {
    const bench = await createBench();
    bench.held.start(claim('a', 1, '{"v":99,"lanes":[]}'));
    await bench.clock.advance(0);
    expect(bench.released).toEqual(['a 1 handed_over']);
  });

  it('are claimed anew when a failover took their commits back', async () => {
    const bench = await createBench();
    bench.answers.push('rolled_back');
    bench.held.start(claim('a', 4));
    // An end without audio is answered by an empty final, which is committed.
    feed(bench.held.sessions()[0], [{ kind: 'control', streamId: '0-2', atSample: 0, control: 'end' }]);
    await bench.clock.advance(10);
    expect(bench.released).toEqual(['a 4 handed_over']);
    expect(bench.held.size).toBe(0);
    expect(await bench.counts()).toMatchObject({ rolled_back_commits: 1 });
  });

  it('are ended and not opened when one owner after the other was lost with them', async () => {
    const bench = await createBench();
    const policy = { audioFromSample: 24_000, decidedSample: 32_000 };
    const checkpoint = JSON.stringify({ v: 1, lanes: [{ policy, isFinished: false }] });
    bench.held.start(claim('spared', 5, undefined, QUARANTINE_AFTER_OWNERS - 1));
    bench.held.start(claim('bad', 6, checkpoint, QUARANTINE_AFTER_OWNERS));
    expect(bench.held.leases()).toHaveLength(2);
    await bench.clock.advance(0);
    expect(bench.held.sessions().map(({ sessionId }) => sessionId)).toEqual(['spared']);
    const [apology] = bench.published.filter(({ type }) => type === 'error');
    expect(serverMessageSchema.parse(apology)).toMatchObject({ code: 'audio_undecodable', retryable: false });
    expect(apology).toMatchObject({
      error: expect.stringMatching(/after 1500 ms .* the transcript up to there is complete/),
    });
    expect(bench.committed).toMatchObject([{ sessionId: 'bad', fence: 6, checkpoint, endsSession: true }]);
    const last = JSON.parse(bench.committed[0]?.messages[0]?.json ?? '') as ServerMessage;
    expect(last).toMatchObject({ type: 'session_ended', reason: 'quarantined', audio_ms: 1500, seq: 1 });
    expect(await bench.counts()).toMatchObject({ quarantined_sessions: 1 });
    expect(bench.released).toEqual([]);
  });

  it('are handed back when they are to be ended and the process stops first', async () => {
    const bench = await createBench();
    bench.held.start(claim('bad', 6, undefined, QUARANTINE_AFTER_OWNERS));
    await bench.held.handOver();
    expect(bench.released).toEqual(['bad 6 handed_over']);
    expect(bench.committed).toEqual([]);
  });

  it('do not hurt each other', async () => {
    const bench = await createBench();
    bench.held.start(claim('good', 1));
    bench.held.start(claim('bad', 1));
    const [good, bad] = bench.held.sessions();
    const pcm = Buffer.alloc(3200);
    // A hole before it: audio that cannot be.
    feed(bad, [{ kind: 'audio', streamId: '9600-0', endSample: 9600, pcm }]);
    feed(good, [{ kind: 'audio', streamId: '1600-0', endSample: 1600, pcm }]);
    await bench.clock.advance(0);
    expect(bench.held.sessions().map(({ sessionId }) => sessionId)).toEqual(['good']);
    expect(bench.released).toEqual(['bad 1 failed']);
    expect(await bench.counts()).toMatchObject({ failed_sessions: 1, audio_samples_processed: 1600 });
  });
});
