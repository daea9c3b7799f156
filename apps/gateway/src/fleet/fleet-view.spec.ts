import { describe, expect, it } from '@jest/globals';
import { sessionConfigSchema, type NodeRecord } from '@verbatim/protocol';
import type { FleetFacts } from './admission.ts';
import { createFleetView } from './fleet-view.ts';

type Node = FleetFacts['nodes'][number];

function node(nodeId: string, change: Partial<NodeRecord> = {}): Node {
  return {
    nodeId,
    record: {
      ...{ role: 'transcriber', version: '1', started_at_ms: 0, sessions: 0, capacity: 10, load: 0, draining: false },
      providers: [{ name: 'local', languages: ['en'], status: 'ok' }],
      ...change,
    },
  };
}

/** A fleet that can be changed, and a clock that is moved by hand. */
function openView(nodes: Node[]) {
  const state = { nodes, openSessions: 0, nowMs: 0, looks: 0, isAway: false };
  const fleet = createFleetView({
    backbone: {
      listNodes: () => {
        state.looks += 1;
        return state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(state.nodes);
      },
      countOpenSessions: () => Promise.resolve(state.openSessions),
    },
    nowMs: () => state.nowMs,
  });
  return { fleet, state };
}

const config = sessionConfigSchema.parse({});

describe('createFleetView', () => {
  it('looks again before it refuses: a transcriber that has just come up serves at once', async () => {
    const { fleet, state } = openView([]);
    await fleet.refresh();
    state.nodes = [node('t1')];
    await expect(fleet.admit(config)).resolves.toMatchObject({ provider: 'local' });
  });

  it('asks Redis once for many sessions that come at once, and not at all while its view is fresh', async () => {
    const { fleet, state } = openView([node('t1', { capacity: 100 })]);
    await Promise.all(Array.from({ length: 50 }, () => fleet.admit(config)));
    expect(state.looks).toBe(1);
    state.nowMs = 500;
    await fleet.admit(config);
    expect(state.looks).toBe(1);
    state.nowMs = 501;
    await fleet.admit(config);
    expect(state.looks).toBe(2);
  });

  it('counts neither gateways nor transcribers that drain', async () => {
    const { fleet } = openView([node('g', { role: 'gateway' }), node('t', { draining: true })]);
    await expect(fleet.admit(config)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('refuses what comes after the last free place with a time to come back', async () => {
    const { fleet } = openView([node('t1', { capacity: 3 })]);
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => fleet.admit(config)));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('fulfilled'),
      'rejected',
      'rejected',
    ]);
    for (const answer of answers.slice(3)) {
      const { reason } = answer as { readonly reason: unknown };
      expect(reason).toMatchObject({ code: 'overloaded' });
      const { retryAfterMs } = reason as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThanOrEqual(1000);
      expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    }
  });

  it('counts a place that it gave until a look has seen the session', async () => {
    const { fleet, state } = openView([node('t1', { capacity: 1 })]);
    const place = await fleet.admit(config);
    // The record of the transcriber still says that it is idle, and the session is not in Redis yet.
    state.nowMs = 1000;
    await expect(fleet.admit(config)).rejects.toMatchObject({ code: 'overloaded' });
    state.openSessions = 1;
    place.settle();
    state.nowMs = 2000;
    await expect(fleet.admit(config)).rejects.toMatchObject({ code: 'overloaded' });
    // It is over.
    state.openSessions = 0;
    state.nowMs = 3000;
    await expect(fleet.admit(config)).resolves.toMatchObject({ provider: 'local' });
  });

  it('gives a place back when its session was not opened', async () => {
    const { fleet, state } = openView([node('t1', { capacity: 1 })]);
    (await fleet.admit(config)).settle();
    state.nowMs = 1000;
    await expect(fleet.admit(config)).resolves.toMatchObject({ provider: 'local' });
  });

  it('sends no session where finals are late', async () => {
    const { fleet } = openView([node('t1', { load: 1.2 })]);
    await expect(fleet.admit(config)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('passes on that Redis does not answer when it has seen nothing yet, and goes by what it saw last otherwise', async () => {
    const { fleet, state } = openView([node('t1')]);
    state.isAway = true;
    await expect(fleet.admit(config)).rejects.toThrow('away');
    state.isAway = false;
    await fleet.refresh();
    state.isAway = true;
    state.nowMs = 5000;
    await expect(fleet.admit(config)).resolves.toMatchObject({ provider: 'local' });
  });
});
