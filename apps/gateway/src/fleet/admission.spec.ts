import { describe, expect, it } from '@jest/globals';
import type { NodeRecord } from '@verbatim/protocol';
import fc from 'fast-check';
import { allBusy, placesOf, type FleetFacts } from './admission.ts';

type Node = FleetFacts['nodes'][number];

let nodes = 0;
function node(change: Partial<NodeRecord>): Node {
  nodes += 1;
  return {
    nodeId: `n${nodes}`,
    record: {
      ...{ role: 'transcriber', version: '1', started_at_ms: 0, sessions: 0, capacity: 10, load: 0, draining: false },
      providers: [{ name: 'local', languages: ['en'], status: 'ok' }],
      ...change,
    },
  };
}

const gateway = (change: Partial<NodeRecord> = {}): Node =>
  node({ role: 'gateway', capacity: 0, providers: [], ...change });

describe('placesOf', () => {
  it.each<[string, number, FleetFacts]>([
    ['all of one idle transcriber', 10, { nodes: [node({})], openSessions: 0 }],
    ['what capacity leaves', 7, { nodes: [node({ sessions: 3 })], openSessions: 3 }],
    ['what several leave together', 12, { nodes: [node({ sessions: 3 }), node({ sessions: 5 })], openSessions: 8 }],
    ['nothing of one that is full', 0, { nodes: [node({ sessions: 10 })], openSessions: 10 }],
    ['nothing of one whose finals are late', 0, { nodes: [node({ load: 1 })], openSessions: 0 }],
    ['all of one that is only busy', 10, { nodes: [node({ load: 0.99 })], openSessions: 0 }],
    ['nothing of one that drains', 0, { nodes: [node({ draining: true })], openSessions: 0 }],
    [
      'nothing of one without the provider',
      0,
      { nodes: [node({ providers: [{ name: 'whisper', languages: ['*'], status: 'ok' }] })], openSessions: 0 },
    ],
    [
      'nothing of one whose provider is down',
      0,
      { nodes: [node({ providers: [{ name: 'local', languages: ['en'], status: 'down' }] })], openSessions: 0 },
    ],
    ['less what was opened and is not held yet', 4, { nodes: [node({})], openSessions: 6 }],
    [
      'less what a draining transcriber is about to hand over',
      4,
      { nodes: [node({}), node({ sessions: 6, draining: true })], openSessions: 6 },
    ],
    ['a share when there are several gateways', 5, { nodes: [node({}), gateway(), gateway()], openSessions: 0 }],
    [
      'no share of a gateway that drains',
      10,
      { nodes: [node({}), gateway(), gateway({ draining: true })], openSessions: 0 },
    ],
    [
      'one place at least while any is free',
      1,
      { nodes: [node({ sessions: 9 }), gateway(), gateway(), gateway()], openSessions: 9 },
    ],
    ['nothing of an empty fleet', 0, { nodes: [], openSessions: 0 }],
  ])('offers %s', (_name, expected, fleet) => {
    expect(placesOf('local', fleet)).toBe(expected);
  });

  it('never offers more in all than capacity leaves, but for one place a gateway', () => {
    const record = fc.record({
      sessions: fc.nat(60),
      capacity: fc.nat(60),
      load: fc.double({ min: 0, max: 2, noNaN: true }),
      draining: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(400),
        (all, gateways, open) => {
          const fleet: FleetFacts = {
            nodes: [...all.map(node), ...Array.from({ length: gateways }, () => gateway())],
            openSessions: open,
          };
          const places = placesOf('local', fleet);
          const left = all
            .filter(({ draining, load }) => !draining && load < 1)
            .reduce((sum, { capacity, sessions }) => sum + Math.max(0, capacity - sessions), 0);
          expect(places * gateways).toBeLessThanOrEqual(Math.max(left, left === 0 ? 0 : gateways));
        },
      ),
    );
  });
});

it('says when to come back', () => {
  expect(allBusy('local', 4200)).toMatchObject({
    code: 'overloaded',
    retryAfterMs: 4200,
    message: expect.stringContaining('try again in 5 s'),
  });
});
