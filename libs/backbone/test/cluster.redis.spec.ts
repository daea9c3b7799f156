import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf } from '@verbatim/protocol';
import { askRedis, eventually, freePort, startRedis, startRedisCluster, type RedisCluster } from '@verbatim/testing';
import { openGatewaySide } from '../src/index.ts';
import {
  chunk,
  CHUNK_SAMPLES,
  commitOf,
  message,
  openFixture,
  recordFollowing,
  recordWriter,
  upTo,
  type Fixture,
} from './fixture.ts';
import { expectNothingLost, startSpeaking, type SpokenSession } from './spoken-sessions.ts';

const MASTERS = 3;
const PATIENCE = { timeoutMs: 30_000 } as const;

/** The outage that we promise is seconds; a machine with eight test runs on two cores gets some more. */
const LONGEST_OUTAGE_MS = 15_000;

/** A subscription to a slot that moved is laid anew at the next look at the slots, 5 s, and some. */
const MOVED_WITHIN_MS = 12_000;

let cluster: RedisCluster;
let fixture: Fixture;
beforeAll(async () => {
  cluster = await startRedisCluster({ masters: MASTERS, replicas: 3 });
  fixture = await openFixture({ url: cluster.url, leaseMs: 60_000 });
}, 60_000);
afterAll(async () => {
  await fixture.close();
  await cluster.stop();
});

function textSlot({ sessionId }: Pick<SpokenSession, 'sessionId'>): Promise<number> {
  return cluster.slotOf(fixture.keys.text(sessionId));
}

/** Resolves when a master has a replica that has heard all that was written until now. */
async function replicated(port: number): Promise<void> {
  const replication = async () => String(await askRedis(port, 'INFO', 'replication'));
  const offsetIn = (info: string, pattern: RegExp) => Number(pattern.exec(info)?.[1] ?? NaN);
  // What was written until now: under load the master is always ahead of the last that its replica reported.
  const written = offsetIn(await replication(), /master_repl_offset:(\d+)/);
  await eventually(async () => {
    const heard = offsetIn(await replication(), /state=online,offset=(\d+),/);
    expect(heard).toBeGreaterThanOrEqual(written);
  }, PATIENCE);
}

describe('on a Redis Cluster', () => {
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

    const claimed = await transcriber.claim(100, ['ledger']);
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
    await transcriber.release(zombie.sessionId, zombie.fence, 'handed_over');
    const [owner] = await transcriber.claim(1, ['ledger']);
    expect(await transcriber.commit(commitOf(zombie, [message(1, '"late"')]))).toBe('fenced');
    expect(await transcriber.commit(commitOf(owner ?? zombie, [message(1)]))).toBe('committed');
    expect(await transcriber.readLog(zombie.sessionId, 0 as typeof zombie.lastSeq)).toEqual([message(1)]);
  });

  it('records of processes and statistics work over slots', async () => {
    await fixture.gateway.heartbeat('g1', {
      ...{
        role: 'gateway',
        version: '1',
        started_at_ms: 1,
        sessions: 1,
        capacity: 0,
        load: 0,
        draining: false,
        providers: [],
      },
    });
    expect(await fixture.transcriber.listNodes()).toMatchObject([{ nodeId: 'g1' }]);
    await fixture.gateway.addStats({ a: 1 });
    expect(await fixture.transcriber.readStats(5)).toEqual({ a: 1 });
  });

  it('follows a slot that moves under load: subscriptions too, nothing lost', async () => {
    const [session] = await startSpeaking(fixture, 1);
    if (!session) throw new Error('no session');
    const slot = await textSlot(session);
    const from = await cluster.masterOf(slot);
    const to = cluster.nodes.slice(0, MASTERS).find(({ port }) => port !== from.port) ?? from;
    await session.hasSpoken(30);
    await cluster.moveSlot(slot, to);
    await session.hasSpoken(60);
    await session.finish();
    await expectNothingLost(fixture, session);
    expect((await cluster.masterOf(slot)).port).toBe(to.port);
    // the channel itself is alive again: what is only published arrives
    const { following, told } = await recordFollowing(fixture.gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
    await eventually(
      () => {
        fixture.transcriber.publish(session.sessionId, 1 as never, '"soon"');
        expect(told.transient).toContain('"soon"');
      },
      { timeoutMs: MOVED_WITHIN_MS, everyMs: 100 },
    );
    following.stop();
  }, 60_000);

  it('brings what is only published to those who followed before their slot moved', async () => {
    const session = await fixture.openClaimed();
    const { following, told } = await recordFollowing(fixture.gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
    const slot = await textSlot(session);
    const from = await cluster.masterOf(slot);
    const to = cluster.nodes.slice(0, MASTERS).find(({ port }) => port !== from.port) ?? from;
    await cluster.moveSlot(slot, to);
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    await eventually(() => expect(told.durable).toEqual([1]), { timeoutMs: MOVED_WITHIN_MS });
    await eventually(
      () => {
        fixture.transcriber.publish(session.sessionId, session.fence, '"soon"');
        expect(told.transient).toContain('"soon"');
      },
      { timeoutMs: MOVED_WITHIN_MS, everyMs: 100 },
    );
    following.stop();
  }, 60_000);

  it('tells a follower what was committed while the connection of its subscription was cut, on one node only', async () => {
    const session = await fixture.openClaimed();
    const { following, told } = await recordFollowing(fixture.gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
    // written and not published: only who looks into the log learns of it
    await fixture.raw.xadd(fixture.keys.log(session.sessionId), '1-0', 'm', '{"w":1}');
    const { port } = await cluster.masterOf(await textSlot(session));
    await askRedis(port, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(told.durable).toEqual([1]), { timeoutMs: MOVED_WITHIN_MS });
    following.stop();
  }, 30_000);

  it('tells of a connection to one node that was cut and is back, although the others never were away', async () => {
    const session = await fixture.openClaimed();
    let reconnected = 0;
    fixture.gateway.onReconnected(() => (reconnected += 1));
    const { port } = await cluster.masterOf(await textSlot(session));
    await fixture.gateway.readSession(session.sessionId);
    expect(reconnected).toBe(0);
    await askRedis(port, 'CLIENT', 'KILL', 'TYPE', 'normal');
    await eventually(() => expect(reconnected).toBeGreaterThan(0), { timeoutMs: MOVED_WITHIN_MS });
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'live' });
  }, 30_000);

  it('tells a follower what its log holds when a replica takes the place of a master, although nothing more comes', async () => {
    const session = await fixture.openClaimed();
    const { following, told } = await recordFollowing(fixture.gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
    const logKey = fixture.keys.log(session.sessionId);
    await fixture.raw.xadd(logKey, '1-0', 'm', '{"w":1}');
    const slot = await textSlot(session);
    const killed = await cluster.masterOf(slot);
    await replicated(killed.port);
    await killed.kill();
    await eventually(() => expect(told.durable).toEqual([1]), PATIENCE);
    expect((await cluster.masterOf(slot)).port).not.toBe(killed.port);
    following.stop();
    await killed.restart();
    await replicated((await cluster.masterOf(slot)).port);
  }, 60_000);

  it('flows again when a master is killed under load: every chunk once, every final once', async () => {
    const sessions = await startSpeaking(fixture, 8);
    const [first] = sessions;
    if (!first) throw new Error('no session');
    await first.hasSpoken(30);
    const slot = await textSlot(first);
    const killed = await cluster.masterOf(slot);
    // A session that its replica has never heard of would truly be gone.
    await replicated(killed.port);
    await killed.kill();
    await first.hasSpoken(first.told.storedSample / CHUNK_SAMPLES + 50);
    await Promise.all(sessions.map((session) => session.finish()));
    expect((await cluster.masterOf(slot)).port).not.toBe(killed.port);
    for (const session of sessions) {
      await expectNothingLost(fixture, session);
      expect(session.told.longestPauseMs).toBeLessThan(LONGEST_OUTAGE_MS);
    }
  }, 90_000);
});

describe('a side of a cluster', () => {
  it('does not open when no node is there, and says so within about two seconds', async () => {
    const port = await freePort();
    const startedMs = performance.now();
    await expect(openGatewaySide({ redisUrl: `redis+cluster://:s3cret@127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: `No node of a Redis Cluster at 127.0.0.1:${port} can be reached; is it running, and is it a cluster?`,
    });
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  it('does not open on a Redis that is none, and a side of a single Redis says that it met a cluster', async () => {
    const single = await startRedis();
    const asCluster = openGatewaySide({ redisUrl: `redis+cluster://127.0.0.1:${single.port}` });
    await expect(asCluster).rejects.toMatchObject({ message: expect.stringContaining('is it a cluster?') });
    await single.stop();
    const asSingle = await openGatewaySide({ redisUrl: (await cluster.masterOf(0)).url });
    const error = await eventually(async () => {
      const found: unknown = await asSingle.countOpenSessions().catch((cause: unknown) => cause);
      expect(found).toBeInstanceOf(Error);
      return found;
    });
    expect(error).toMatchObject({ message: expect.stringContaining('redis+cluster://') });
    await asSingle.close();
  });
});
