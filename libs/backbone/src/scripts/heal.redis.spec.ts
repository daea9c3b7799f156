import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatShard, type SessionId } from '@verbatim/protocol';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';
import { healScript } from './heal.ts';
import { runScript } from './script.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture({ ...redis, shards: 1 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

function heal(sessionIds: readonly SessionId[]) {
  const { keys, raw } = fixture;
  return runScript(raw, healScript, {
    keys: { open: keys.open(0), expiry: keys.expiry(0) },
    args: {},
    moreKeys: sessionIds.map((sessionId) => ({ session: keys.session(sessionId) })),
    moreArgs: sessionIds.map((sessionId) => ({ sessionId })),
  });
}

describe('heal', () => {
  it('takes out of both sets what has no record, counts each session once and leaves the others', async () => {
    const { keys, raw } = fixture;
    const kept = await fixture.open();
    const inBoth = await fixture.open();
    const inOne = await fixture.open();
    await raw.zrem(keys.expiry(formatShard(0)), inOne.sessionId);
    await raw.del(keys.session(inBoth.sessionId), keys.session(inOne.sessionId));
    const all = [kept, inBoth, inOne].map(({ sessionId }) => sessionId);
    expect(await heal(all)).toBe(2);
    expect(await raw.zrange(keys.open(0), 0, '-1')).toEqual([kept.sessionId]);
    expect(await raw.zrange(keys.expiry(0), 0, '-1')).toEqual([kept.sessionId]);
    expect(await heal(all)).toBe(0);
    expect(await heal([])).toBe(0);
  });
});
