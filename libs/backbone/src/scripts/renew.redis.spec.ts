import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fence } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
});
beforeEach(async () => {
  fixture = await openFixture({ ...redis, leaseMs: 400 });
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

function deadlineMs(sessionId: string): Promise<number> {
  return fixture.raw.zscore(fixture.keys.open(sessionId.slice(1, 3)), sessionId).then(Number);
}

describe('renew', () => {
  it('moves the deadline of every held session, over all shards', async () => {
    await Promise.all(Array.from({ length: 150 }, () => fixture.open()));
    const held = await fixture.transcriber.claim(150, ['ledger']);
    const before = await Promise.all(held.map(({ sessionId }) => deadlineMs(sessionId)));
    await eventually(async () => {
      expect(await fixture.transcriber.renewLeases(held)).toEqual([]);
      const after = await Promise.all(held.map(({ sessionId }) => deadlineMs(sessionId)));
      after.forEach((deadline, index) => expect(deadline).toBeGreaterThan(before[index] ?? 0));
    });
  });

  it('keeps a session that was renewed late but claimed by nobody', async () => {
    const session = await fixture.openClaimed();
    const overdue = await deadlineMs(session.sessionId);
    await eventually(() => expect(Date.now()).toBeGreaterThan(overdue + 100));
    expect(await fixture.transcriber.renewLeases([session])).toEqual([]);
    expect(await fixture.rival.claim(1, ['ledger'])).toEqual([]);
  });

  it('names a session that somebody else claimed, and leaves his lease alone', async () => {
    const session = await fixture.openClaimed();
    await eventually(async () => expect(await fixture.rival.claim(1, ['ledger'])).toHaveLength(1));
    const deadline = await deadlineMs(session.sessionId);
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
    expect(await deadlineMs(session.sessionId)).toBe(deadline);
  });

  it('names a session that has the same fence and another owner: a failover lost one of the claims', async () => {
    const session = await fixture.openClaimed();
    await fixture.raw.hset(fixture.keys.session(session.sessionId), 'owner', 'n2');
    const deadline = await deadlineMs(session.sessionId);
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
    expect(await deadlineMs(session.sessionId)).toBe(deadline);
    expect(await fixture.rival.renewLeases([session])).toEqual([]);
  });

  it('names a session that was handed back, and does not take it again', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.release(session.sessionId, session.fence, 'handed_over');
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
    expect(await deadlineMs(session.sessionId)).toBe(0);
  });

  it('names a session whose record is gone, and removes it', async () => {
    const session = await fixture.openClaimed();
    await fixture.raw.del(fixture.keys.session(session.sessionId));
    const unknown = { sessionId: session.sessionId, fence: 9 as Fence };
    expect(await fixture.transcriber.renewLeases([session, unknown])).toEqual([session.sessionId, session.sessionId]);
    expect(await fixture.gateway.countOpenSessions()).toBe(0);
    expect(await fixture.dueInMs(session.sessionId)).toBeUndefined();
  });

  it('has nothing to do for nobody', async () => {
    expect(await fixture.transcriber.renewLeases([])).toEqual([]);
  });
});
