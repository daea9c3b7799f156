import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { shardOf } from '@verbatim/protocol';
import { eventually, freePort, startRedis, type PrivateRedis } from '@verbatim/testing';
import { chunk, commitOf, message, openFixture, recordFollowing, recordWriter, upTo, type Fixture } from './fixture.ts';

const SLOTS_OF_NODE = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

let nodes: PrivateRedis[];
let fixture: Fixture;
beforeAll(async () => {
  nodes = await Promise.all(SLOTS_OF_NODE.map(startNode));
  const clients = nodes.map(({ url }) => new Redis(url));
  for (const [index, client] of clients.entries()) {
    const [from, to] = SLOTS_OF_NODE[index] ?? [0, 0];
    await client.cluster('ADDSLOTSRANGE', from, to);
    await client.call('CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port), String(busPorts[0]));
  }
  await eventually(
    async () => {
      for (const client of clients) {
        const info = await client.cluster('INFO');
        expect(info).toContain('cluster_state:ok');
        expect(info).toContain('cluster_known_nodes:3');
      }
    },
    { timeoutMs: 15_000 },
  );
  for (const client of clients) client.disconnect();
  fixture = await openFixture({ url: nodes[0]?.url ?? '', isCluster: true, leaseMs: 60_000 });
}, 30_000);
afterAll(async () => {
  await fixture.close();
  await Promise.all(nodes.map((node) => node.stop()));
});

const busPorts: number[] = [];

async function startNode(_slots: unknown, index: number): Promise<PrivateRedis> {
  const busPort = await freePort();
  busPorts[index] = busPort;
  return startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] });
}

describe('on a Redis Cluster of three nodes', () => {
  it('sessions of all shards are opened, claimed, fed, read, committed, followed, resumed and ended', async () => {
    const { gateway, transcriber } = fixture;
    let wakeUps = 0;
    transcriber.onWork(() => (wakeUps += 1));
    const opened = await Promise.all(upTo(60).map(() => fixture.open()));
    expect(new Set(opened.map(({ sessionId }) => shardOf(sessionId))).size).toBeGreaterThan(8);
    expect(await gateway.countOpenSessions()).toBe(60);
    await eventually(() => expect(wakeUps).toBe(60));

    const followed = await Promise.all(opened.map(({ sessionId }) => recordFollowing(gateway, sessionId)));
    const writers = opened.map((session) => recordWriter(gateway, session));
    for (const n of upTo(10)) for (const { writer } of writers) writer.append(chunk(n));
    await Promise.all(writers.map(({ writer }) => writer.drained()));

    const claimed = await transcriber.claim('n1', 100, ['ledger']);
    expect(claimed).toHaveLength(60);
    const audio = await transcriber.readAudio(claimed.map(({ sessionId }) => ({ sessionId, afterStreamId: '0-0' })));
    expect([...audio.values()].map((entries) => entries.length)).toEqual(upTo(60).map(() => 10));
    expect(await transcriber.renewLeases(claimed)).toEqual([]);

    for (const n of upTo(3))
      await Promise.all(
        claimed.map((session) =>
          transcriber.commit(commitOf(session, [message(n)], { releaseBeforeSample: 1600 * n })),
        ),
      );
    for (const { told } of followed) await eventually(() => expect(told.durable).toEqual([1, 2, 3]));

    const resumed = await Promise.all(
      opened.map(({ sessionId, resumeToken }) => gateway.resumeSession(sessionId, resumeToken)),
    );
    expect(resumed.every(({ audio: { sample } }) => sample === 16_000)).toBe(true);
    for (const { told } of followed) await eventually(() => expect(told.replaced).toBe(1));

    await gateway.keepAlive(opened.map(({ sessionId }) => sessionId));
    await Promise.all(
      claimed.map((session) => transcriber.commit(commitOf(session, [message(4)], { endsSession: true }))),
    );
    expect(await gateway.countOpenSessions()).toBe(0);
    for (const { told, following } of followed) {
      await eventually(() => expect(told.durable).toEqual([1, 2, 3, 4]));
      following.stop();
    }
  });

  it("refuses a zombie's commit whole", async () => {
    const { transcriber } = fixture;
    const zombie = await fixture.openClaimed();
    await transcriber.release(zombie.sessionId, zombie.fence);
    const [owner] = await transcriber.claim('n2', 1, ['ledger']);
    expect(await transcriber.commit(commitOf(zombie, [message(1, '"late"')]))).toBe('fenced');
    expect(await transcriber.commit(commitOf(owner ?? zombie, [message(1)]))).toBe('committed');
    expect(await transcriber.readLog(zombie.sessionId, 0 as typeof zombie.lastSeq)).toEqual([message(1)]);
  });

  it('records of processes and statistics work over slots', async () => {
    await fixture.gateway.heartbeat('g1', {
      ...{ role: 'gateway', version: '1', started_at_ms: 1, sessions: 1, capacity: 0, draining: false, providers: [] },
    });
    expect(await fixture.transcriber.listNodes()).toMatchObject([{ nodeId: 'g1' }]);
    await fixture.gateway.addStats({ a: 1 });
    expect(await fixture.transcriber.readStats(5)).toEqual({ a: 1 });
  });
});
