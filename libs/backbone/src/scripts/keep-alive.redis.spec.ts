import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf } from '@verbatim/protocol';
import {
  commitOf,
  message,
  openFixture,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture({ ...redis, leaseMs: 60_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

describe('keep-alive', () => {
  it('refreshes record, audio and log of many sessions over all shards', async () => {
    const { raw, keys } = fixture;
    const sessions = await Promise.all(Array.from({ length: 40 }, () => fixture.open()));
    const all = sessions.flatMap(({ sessionId }) => [keys.session(sessionId), keys.audio(sessionId)]);
    await Promise.all(all.map((key) => raw.pexpire(key, 5000)));
    await fixture.gateway.keepAlive(sessions.map(({ sessionId }) => sessionId));
    for (const key of all) expect(await raw.pttl(key)).toBeGreaterThan(410_000);
  });

  it('keeps the reaper away', async () => {
    const { sessionId } = await fixture.open();
    const { raw, keys } = fixture;
    await raw.zadd(keys.expiry(shardOf(sessionId)), 1, sessionId);
    await fixture.gateway.keepAlive([sessionId]);
    expect(await fixture.dueInMs(sessionId)).toBeGreaterThan(290_000);
  });

  it('names the sessions whose record is gone, over all shards, and no other', async () => {
    const sessions = await Promise.all(Array.from({ length: 150 }, () => fixture.open()));
    const ids = sessions.map(({ sessionId }) => sessionId);
    const gone = ids.filter((_, index) => index % 7 === 0);
    await Promise.all(gone.map((sessionId) => fixture.raw.del(fixture.keys.session(sessionId))));
    const named = await fixture.gateway.keepAlive(ids);
    expect([...named].sort()).toEqual(gone.sort());
  });

  it('leaves an ended session to its retention time and creates nothing for an unknown one', async () => {
    const session = await fixture.openClaimed();
    const { raw, keys } = fixture;
    await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    await raw.pexpire(keys.session(session.sessionId), 5000);
    expect(await fixture.gateway.keepAlive([session.sessionId])).toEqual([]);
    expect(await raw.pttl(keys.session(session.sessionId))).toBeLessThanOrEqual(5000);
    expect(await fixture.dueInMs(session.sessionId)).toBeUndefined();
    expect(await raw.exists(keys.audio(session.sessionId))).toBe(0);
    expect(await fixture.gateway.keepAlive([])).toEqual([]);
  });
});
