import { describe, expect, it } from '@jest/globals';
import type { AudioCursor, AudioEntry } from '@verbatim/backbone';
import type { SessionId } from '@verbatim/protocol';
import { createFakeClock } from '@verbatim/testing';
import { SLOWEST_TICK_MS, tickDelayMs } from './tick-pace.ts';
import { startTickReader, type AudioSink } from './tick-reader.ts';

const TICK_MS = 20;

/** A Redis with audio for the sessions named in `fresh`, and sinks that note what they get. */
function createBench() {
  const clock = createFakeClock();
  const reads: string[][] = [];
  const got: string[] = [];
  const bench = { fresh: new Set<string>(), isAway: false, sinks: [] as AudioSink[] };
  const sink = (name: string, isWanting = () => true): AudioSink => ({
    get cursor(): AudioCursor | undefined {
      return isWanting() ? { sessionId: name as SessionId, afterStreamId: '0-0' } : undefined;
    },
    accept: (entries) => void got.push(`${name}:${entries.length}`),
  });
  const entry = { kind: 'audio', streamId: '1600-0', endSample: 1600, pcm: Buffer.alloc(3200) } as const;
  const reader = startTickReader({
    readAudio(cursors) {
      reads.push(cursors.map(({ sessionId }) => sessionId));
      if (bench.isAway) return Promise.reject(new Error('away'));
      const withAudio = cursors.filter(({ sessionId }) => bench.fresh.delete(sessionId));
      return Promise.resolve(new Map(withAudio.map(({ sessionId }) => [sessionId, [entry] as AudioEntry[]])));
    },
    sinks: () => bench.sinks,
    tickMs: TICK_MS,
    ...clock,
    random: () => 0,
    onReadFailed: () => void got.push('failed'),
  });
  return { ...bench, state: bench, clock, reads, got, sink, reader };
}

describe('the pace of reading', () => {
  it('is full while audio comes, slows when none does, and never stops', () => {
    expect(tickDelayMs(20, 0)).toBe(20);
    expect(tickDelayMs(20, 4)).toBe(20);
    expect(tickDelayMs(20, 12)).toBe(80);
    expect(tickDelayMs(20, 1_000_000)).toBe(SLOWEST_TICK_MS);
    expect(tickDelayMs(500, 1_000_000)).toBe(500);
  });
});

describe('the tick reader', () => {
  it('reads all sessions in one call and gives each what is its own', async () => {
    const bench = createBench();
    bench.state.sinks.push(bench.sink('a'), bench.sink('b'));
    bench.state.fresh.add('b');
    await bench.clock.advance(1);
    expect(bench.reads).toEqual([['a', 'b']]);
    expect(bench.got).toEqual(['a:0', 'b:1']);
  });

  it('leaves out a session that holds enough', async () => {
    const bench = createBench();
    bench.state.sinks.push(
      bench.sink('full', () => false),
      bench.sink('b'),
    );
    await bench.clock.advance(1);
    expect(bench.reads).toEqual([['b']]);
  });

  it('goes back to full pace as soon as something arrives', async () => {
    const bench = createBench();
    bench.state.sinks.push(bench.sink('a'));
    await bench.clock.advance(5000);
    const before = bench.reads.length;
    await bench.clock.advance(1000);
    expect(bench.reads.length - before).toBe(1000 / SLOWEST_TICK_MS);
    bench.state.fresh.add('a');
    await bench.clock.advance(SLOWEST_TICK_MS);
    const quick = bench.reads.length;
    await bench.clock.advance(100);
    expect(bench.reads.length - quick).toBe(100 / TICK_MS);
  });

  it('tries again with growing pauses when Redis is away, and loses no session', async () => {
    const bench = createBench();
    bench.state.sinks.push(bench.sink('a'));
    bench.state.isAway = true;
    await bench.clock.advance(10_000);
    const failures = bench.got.length;
    expect(failures).toBeGreaterThan(5);
    expect(failures).toBeLessThan(30);
    bench.state.isAway = false;
    bench.state.fresh.add('a');
    await bench.clock.advance(1000);
    expect(bench.got).toContain('a:1');
  });

  it('reads nothing more once stopped', async () => {
    const bench = createBench();
    bench.state.sinks.push(bench.sink('a'));
    await bench.clock.advance(1);
    await bench.reader.stop();
    await bench.clock.advance(10_000);
    expect(bench.reads).toHaveLength(1);
  });
});
