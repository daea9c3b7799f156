import { describe, expect, it } from '@jest/globals';
import type { ClaimedSession } from '@verbatim/backbone';
import { createLogger } from '@verbatim/observability';
import { sessionConfigSchema, type Fence, type Seq, type SessionId } from '@verbatim/protocol';
import { createLedgerRecognizer, createLevelPool, type Recognition } from '@verbatim/recognizers';
import { createFakeClock } from '@verbatim/testing';
import { createDecodeScheduler } from '../decoding/decode-scheduler.ts';
import { createStatsCounter } from '../presence/stats-counter.ts';
import { createHeldSessions } from './held-sessions.ts';
import { createWorkPump } from './work-pump.ts';

function claim(name: string, fence: number, checkpoint?: string): ClaimedSession {
  const config = { ...sessionConfigSchema.parse({}), provider: 'ledger' as const };
  const isTakeover = fence > 1;
  return { sessionId: name as SessionId, fence: fence as Fence, config, lastSeq: 0 as Seq, checkpoint, isTakeover };
}

async function createBench() {
  const clock = createFakeClock();
  const released: string[] = [];
  const counted: Record<string, number>[] = [];
  const stats = createStatsCounter((deltas) => Promise.resolve(void counted.push(deltas)));
  const scheduler = createDecodeScheduler<Recognition>({
    ...clock,
    concurrency: 1,
    random: () => 0,
    observer: { onAnswered: () => undefined, onDropped: () => undefined },
  });
  const held = createHeldSessions({
    ...clock,
    wallMs: () => 0,
    backbone: {
      commit: () => Promise.resolve('committed'),
      publish: () => undefined,
      readLog: () => Promise.resolve([]),
      release: (sessionId, fence) => Promise.resolve(void released.push(`${sessionId} ${fence}`)),
    },
    providers: new Map([
      ['ledger', { recognizer: createLedgerRecognizer({ kind: 'windowed' }), detectors: createLevelPool(), scheduler }],
    ]),
    pump: createWorkPump({ nowMs: () => 0, defer: (turn) => void clock.after(0, turn) }),
    stats,
    log: createLogger({ service: 'test', version: '0', level: 'silent' }),
  });
  const counts = async (): Promise<Record<string, number>> => {
    await stats.flush();
    return Object.assign({}, ...counted) as Record<string, number>;
  };
  return { clock, held, released, counts };
}

describe('the sessions a process holds', () => {
  it('are all handed back at the end', async () => {
    const bench = await createBench();
    bench.held.start(claim('a', 1));
    bench.held.start(claim('b', 2));
    expect(bench.held.leases().map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
    await bench.held.handOver();
    expect(bench.released).toEqual(['a 1', 'b 2']);
    expect(bench.held.size).toBe(0);
    expect(await bench.counts()).toEqual({ takeovers: 1, lag_count: 2 });
  });

  it('are dropped without a word when their lease is lost, unless it is an older claim that was lost', async () => {
    const bench = await createBench();
    bench.held.start(claim('a', 1));
    bench.held.start(claim('a', 3));
    bench.held.lose(claim('a', 1));
    expect(bench.held.size).toBe(1);
    bench.held.lose(claim('a', 3));
    expect(bench.held.size).toBe(0);
    await bench.clock.advance(60_000);
    expect(bench.released).toEqual([]);
  });

  it('rest after they failed, the longer the more often, and keep their lease meanwhile', async () => {
    const bench = await createBench();
    const unreadable = '{"v":99,"lanes":[]}';
    bench.held.start(claim('a', 1, unreadable));
    expect(bench.held.sessions()).toEqual([]);
    await bench.clock.advance(0);
    expect(bench.released).toEqual(['a 1']);
    bench.held.start(claim('a', 2, unreadable));
    await bench.clock.advance(499);
    expect(bench.released).toEqual(['a 1']);
    expect(bench.held.leases()).toEqual([{ sessionId: 'a', fence: 2 }]);
    await bench.clock.advance(1);
    expect(bench.released).toEqual(['a 1', 'a 2']);
    expect(bench.held.leases()).toEqual([]);
  });

  it('do not hurt each other', async () => {
    const bench = await createBench();
    bench.held.start(claim('good', 1));
    bench.held.start(claim('bad', 1));
    const [good, bad] = bench.held.sessions();
    const pcm = Buffer.alloc(3200);
    // A hole before it: audio that cannot be.
    bad?.accept([{ kind: 'audio', streamId: '9600-0', endSample: 9600, pcm }]);
    good?.accept([{ kind: 'audio', streamId: '1600-0', endSample: 1600, pcm }]);
    await bench.clock.advance(0);
    expect(bench.held.sessions().map(({ sessionId }) => sessionId)).toEqual(['good']);
    expect(bench.released).toEqual(['bad 1']);
    expect(await bench.counts()).toMatchObject({ failed_sessions: 1, audio_samples_processed: 1600 });
  });
});
