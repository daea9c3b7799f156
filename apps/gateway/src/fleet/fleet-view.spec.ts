import { describe, expect, it } from '@jest/globals';
import { sessionConfigSchema, type NodeRecord } from '@verbatim/protocol';
import { createFleetView, type FleetNode } from './fleet-view.ts';

function node(nodeId: string, change: Partial<NodeRecord> = {}): FleetNode {
  return {
    nodeId,
    record: {
      ...{ role: 'transcriber', version: '1', started_at_ms: 0, sessions: 0, capacity: 10, draining: false },
      providers: [{ name: 'local', languages: ['en'], status: 'ok' }],
      ...change,
    },
  };
}

describe('createFleetView', () => {
  const config = sessionConfigSchema.parse({});

  it('looks again before it refuses: a transcriber that has just come up serves at once', async () => {
    let nodes: FleetNode[] = [];
    const fleet = createFleetView({ listNodes: () => Promise.resolve(nodes) });
    await fleet.refresh();
    nodes = [node('t1')];
    await expect(fleet.choose(config)).resolves.toBe('local');
  });

  it('asks Redis once for many sessions that are refused at once, and not at all while it knows', async () => {
    let questions = 0;
    const fleet = createFleetView({
      listNodes: () => {
        questions += 1;
        return Promise.resolve([node('t1')]);
      },
    });
    await Promise.all(Array.from({ length: 50 }, () => fleet.choose(config)));
    expect(questions).toBe(1);
    await fleet.choose(config);
    expect(questions).toBe(1);
  });

  it('counts neither gateways nor transcribers that drain', async () => {
    const nodes = [node('g', { role: 'gateway' }), node('t', { draining: true })];
    const fleet = createFleetView({ listNodes: () => Promise.resolve(nodes) });
    await expect(fleet.choose(config)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});
