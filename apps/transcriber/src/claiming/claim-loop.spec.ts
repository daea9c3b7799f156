import { describe, expect, it } from '@jest/globals';
import type { ClaimedSession } from '@verbatim/backbone';
import { createFakeClock } from '@verbatim/testing';
import { startClaimLoop } from './claim-loop.ts';

const POLL_MS = 250;

function createBench({ capacity = 32, held = 0, waiting = 0 } = {}) {
  const clock = createFakeClock();
  const claims: { atMs: number; limit: number }[] = [];
  const state = { held, waiting, isAway: false, wake: () => undefined as void };
  const loop = startClaimLoop({
    claim(limit) {
      claims.push({ atMs: clock.nowMs(), limit });
      if (state.isAway) return Promise.reject(new Error('away'));
      const taken = Math.min(limit, state.waiting);
      state.waiting -= taken;
      return Promise.resolve(Array.from({ length: taken }, () => ({}) as ClaimedSession));
    },
    onWork: (listener) => void (state.wake = listener),
    onClaimed: () => void (state.held += 1),
    capacity,
    held: () => state.held,
    pollMs: POLL_MS,
    ...clock,
    random: () => 0.5,
    onClaimFailed: () => undefined,
  });
  return { clock, claims, state, loop };
}

describe('the claim loop', () => {
  it('polls, as a wake-up may be lost', async () => {
    const bench = createBench();
    await bench.clock.advance(1);
    bench.state.waiting = 1;
    await bench.clock.advance(POLL_MS);
    expect(bench.state.held).toBe(1);
  });

  it('claims at once when woken, if it is idle', async () => {
    const bench = createBench();
    await bench.clock.advance(1);
    bench.state.waiting = 1;
    bench.state.wake();
    await bench.clock.advance(1);
    expect(bench.state.held).toBe(1);
  });

  it('waits the longer the fuller it is, so that an emptier replica is first', async () => {
    const bench = createBench({ held: 16 });
    await bench.clock.advance(1);
    bench.claims.length = 0;
    bench.state.waiting = 1;
    bench.state.wake();
    await bench.clock.advance(29);
    expect(bench.claims).toEqual([]);
    await bench.clock.advance(2);
    expect(bench.state.held).toBe(17);
  });

  it('takes a storm of sessions in parts, and all of them', async () => {
    const bench = createBench({ waiting: 20 });
    await bench.clock.advance(POLL_MS);
    expect(bench.state.held).toBe(20);
    expect(Math.max(...bench.claims.map(({ limit }) => limit))).toBe(4);
  });

  it('takes what a stopping process hands over in a fraction of a second, though it is half full itself', async () => {
    const bench = createBench({ capacity: 100, held: 50 });
    await bench.clock.advance(1);
    bench.state.waiting = 50;
    bench.state.wake();
    await bench.clock.advance(300);
    expect(bench.state.held).toBe(100);
  });

  it('never asks for more than it has room for', async () => {
    const bench = createBench({ capacity: 5, waiting: 20 });
    await bench.clock.advance(2000);
    expect(bench.state.held).toBe(5);
    expect(bench.claims.map(({ limit }) => limit)).toEqual([4, 1]);
  });

  it('goes on when Redis was away', async () => {
    const bench = createBench({ waiting: 1 });
    bench.state.isAway = true;
    await bench.clock.advance(1000);
    bench.state.isAway = false;
    await bench.clock.advance(POLL_MS);
    expect(bench.state.held).toBe(1);
  });

  it('claims nothing once stopped', async () => {
    const bench = createBench();
    await bench.loop.stop();
    bench.state.waiting = 1;
    bench.state.wake();
    await bench.clock.advance(10_000);
    expect(bench.state.held).toBe(0);
  });
});
