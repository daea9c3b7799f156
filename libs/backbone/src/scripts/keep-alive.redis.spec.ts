import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
    for (const key of all) expect(await raw.pttl(key)).toBeGreaterThan(100_000);
  });

  it('leaves an ended session to its retention time and creates nothing for an unknown one', async () => {
    const session = await fixture.openClaimed();
    const { raw, keys } = fixture;
    await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    await raw.pexpire(keys.session(session.sessionId), 5000);
    await fixture.gateway.keepAlive([session.sessionId]);
    expect(await raw.pttl(keys.session(session.sessionId))).toBeLessThanOrEqual(5000);
    expect(await raw.exists(keys.audio(session.sessionId))).toBe(0);
    await fixture.gateway.keepAlive([]);
  });
});
