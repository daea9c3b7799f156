import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { openReaperSide, type ReaperSide } from '../src/index.ts';
import { chunk, commitOf, message, openFixture, recordWriter, type Fixture } from './fixture.ts';

let redis: PrivateRedis;
let fixture: Fixture;
let reaper: ReaperSide;
beforeAll(async () => {
  redis = await startRedis();
  fixture = await openFixture({
    ...{ url: redis.url, shards: 2, leaseMs: 60_000 },
    ...{ retentionMs: 600, resumeWindowMs: 600, reaperSlackMs: 600 },
  });
  reaper = await openReaperSide(fixture.options);
});
afterAll(async () => {
  await Promise.all([fixture.close(), reaper.close()]);
  await redis.stop();
});

/** Keys that nothing would ever delete: no TTL, and not one of the sets whose members have owners. */
async function orphans(): Promise<string[]> {
  const names = await fixture.raw.keys('*');
  const ttls = await Promise.all(names.map((name) => fixture.raw.pttl(name)));
  return names.filter((name, index) => (ttls[index] ?? 0) < 0 && !/:(open|expiry)$/.test(name));
}

/** What is left of sessions: neither statistics nor the records of processes. */
async function leftOver(): Promise<string[]> {
  const names = await fixture.raw.keys('*');
  return names.filter((name) => !/:(stats:\d+|node:t1|nodes)$/.test(name));
}

async function reapAll(): Promise<void> {
  for (let shard = 0; shard < reaper.shards; shard += 1) await reaper.reapShard(shard);
}

async function spokenSession() {
  const session = await fixture.openClaimed();
  const { writer } = recordWriter(fixture.gateway, session);
  writer.append(chunk(1));
  writer.mark('finalize');
  await writer.drained();
  return { session, writer };
}

describe('every key', () => {
  it('has a TTL or an owner, at every step of a session', async () => {
    const { gateway, transcriber } = fixture;
    const { session, writer } = await spokenSession();
    const abandoned = await fixture.openClaimed();
    expect(await orphans()).toEqual([]);
    writer.mark('end');
    await writer.drained();
    await transcriber.heartbeat('t1', {
      ...{ role: 'transcriber', version: '1', started_at_ms: 1, sessions: 1, capacity: 1, load: 0, draining: false },
      providers: [],
    });
    await gateway.addStats({ audio_samples: 1600 });
    expect(await orphans()).toEqual([]);
    await transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 1600 }));
    await transcriber.commit(commitOf(abandoned, [message(1)]));
    await gateway.keepAlive([session.sessionId]);
    expect(await orphans()).toEqual([]);
    const resumed = await gateway.resumeSession(session.sessionId, session.resumeToken);
    await gateway.detach(session.sessionId, resumed.connection);
    await transcriber.commit(commitOf(session, [message(2)]));
    await transcriber.release(abandoned.sessionId, abandoned.fence, 'handed_over');
    expect(await orphans()).toEqual([]);
    await transcriber.commit(commitOf(session, [message(3)], { endsSession: true }));
    await gateway.detach(abandoned.sessionId, 1);
    await eventually(async () => {
      await reapAll();
      expect(await gateway.readSession(abandoned.sessionId)).toMatchObject({ state: 'expiring' });
    });
    expect(await orphans()).toEqual([]);

    await eventually(async () => {
      await reapAll();
      expect(await leftOver()).toEqual([]);
    });
  });

  it('of a session that has ended is gone after the retention time, without anybody doing anything', async () => {
    const { session } = await spokenSession();
    await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    await eventually(async () => expect(await leftOver()).toEqual([]));
  });

  it('of a session that nobody came back to is gone after it was finalised', async () => {
    const { session } = await spokenSession();
    await fixture.gateway.detach(session.sessionId, 1);
    await eventually(async () => {
      await reapAll();
      expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'expiring' });
    });
    expect(await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }))).toBe('committed');
    await eventually(async () => expect(await leftOver()).toEqual([]));
  });

  it('of a session that no transcriber finalised is gone too, and its members where any reaper or transcriber looks', async () => {
    const { session } = await spokenSession();
    await fixture.gateway.detach(session.sessionId, 1);
    await eventually(async () => {
      const names = await leftOver();
      expect(names.filter((name) => !/:(open|expiry)$/.test(name))).toEqual([]);
    });
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
    expect(await leftOver()).toEqual([]);
  });
});
