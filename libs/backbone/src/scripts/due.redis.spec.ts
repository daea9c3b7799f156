import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';
import { dueScript } from './due.ts';
import { runScript } from './script.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture(redis);
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

function due(moments: string, offset: number, limit: number) {
  return runScript(fixture.raw, dueScript, { keys: { moments }, args: { offset, limit } });
}

describe('due', () => {
  it("lists nobody's sessions first, then the longest overdue, and no lease that lives", async () => {
    const open = fixture.keys.open(7);
    const [seconds = 0] = (await fixture.raw.eval("return redis.call('TIME')", 1, open)) as number[];
    const nowMs = seconds * 1000;
    await fixture.raw.zadd(open, nowMs + 60_000, 'held', nowMs - 10, 'late', nowMs - 5000, 'later', 0, 'free');
    expect(await due(open, 0, 10)).toEqual(['free', 'later', 'late']);
  });

  it('goes on from an offset', async () => {
    const open = fixture.keys.open(8);
    await fixture.raw.zadd(open, 0, 'a', 0, 'b', 0, 'c');
    expect(await due(open, 1, 1)).toEqual(['b']);
    expect(await due(open, 3, 1)).toEqual([]);
  });

  it('finds nothing in a shard that was never used', async () => {
    expect(await due(fixture.keys.open(9), 0, 10)).toEqual([]);
  });
});
