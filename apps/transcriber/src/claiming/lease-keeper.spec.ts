import { describe, expect, it } from '@jest/globals';
import type { Fence, SessionId } from '@verbatim/protocol';
import { createFakeClock } from '@verbatim/testing';
import { startLeaseKeeper, type HeldLease } from './lease-keeper.ts';

const LEASE_MS = 2000;

const lease = (name: string, fence: number): HeldLease => ({ sessionId: name as SessionId, fence: fence as Fence });

function createBench(held: HeldLease[]) {
  const clock = createFakeClock();
  const calls: number[] = [];
  const lost: HeldLease[] = [];
  const state = { lose: [] as string[], isAway: false };
  const keeper = startLeaseKeeper({
    renewLeases(leases) {
      calls.push(leases.length);
      if (state.isAway) return Promise.reject(new Error('away'));
      return Promise.resolve(state.lose as SessionId[]);
    },
    held: () => held,
    leaseMs: LEASE_MS,
    ...clock,
    onLost: (each) => void lost.push(each),
    onRenewFailed: () => undefined,
  });
  return { clock, calls, lost, state, keeper };
}

describe('the lease keeper', () => {
  it('renews all leases in one call, four times in the life of a lease', async () => {
    const bench = createBench([lease('a', 1), lease('b', 1)]);
    await bench.clock.advance(LEASE_MS);
    expect(bench.calls).toEqual([2, 2, 2, 2]);
  });

  it('asks nothing while nothing is held', async () => {
    const bench = createBench([]);
    await bench.clock.advance(LEASE_MS);
    expect(bench.calls).toEqual([]);
  });

  it('tells which leases were lost', async () => {
    const bench = createBench([lease('a', 1), lease('b', 4)]);
    bench.state.lose = ['b'];
    await bench.clock.advance(LEASE_MS / 4);
    expect(bench.lost).toEqual([lease('b', 4)]);
  });

  it('goes on when Redis was away, and gives up nothing by itself', async () => {
    const bench = createBench([lease('a', 1)]);
    bench.state.isAway = true;
    await bench.clock.advance(3 * LEASE_MS);
    expect(bench.calls).toHaveLength(12);
    expect(bench.lost).toEqual([]);
  });

  it('stops', async () => {
    const bench = createBench([lease('a', 1)]);
    bench.keeper.stop();
    await bench.clock.advance(LEASE_MS);
    expect(bench.calls).toEqual([]);
  });
});
