import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
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

describe('release', () => {
  it('lets the next transcriber claim at once, and wakes it', async () => {
    const session = await fixture.openClaimed();
    let calls = 0;
    fixture.transcriber.onWork(() => (calls += 1));
    await fixture.transcriber.release(session.sessionId, session.fence, 'handed_over');
    await eventually(() => expect(calls).toBe(1));
    const [next] = await fixture.rival.claim(1, ['ledger']);
    expect(next).toMatchObject({ sessionId: session.sessionId, fence: 2, isTakeover: true });
  });

  it('does nothing under an older fence', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.release(session.sessionId, session.fence, 'handed_over');
    const [owner] = await fixture.rival.claim(1, ['ledger']);
    await fixture.transcriber.release(session.sessionId, session.fence, 'failed');
    expect(await fixture.transcriber.claim(1, ['ledger'])).toEqual([]);
    expect(await fixture.raw.hget(fixture.keys.session(session.sessionId), 'owner')).toBe('n2');
    expect(owner?.fence).toBe(2);
  });

  it('does nothing for another node that was given the same fence', async () => {
    const session = await fixture.openClaimed();
    await fixture.rival.release(session.sessionId, session.fence, 'failed');
    const record = await fixture.raw.hgetall(fixture.keys.session(session.sessionId));
    expect(record).toMatchObject({ owner: 'n1', failedOwners: '0' });
    expect(await fixture.rival.claim(1, ['ledger'])).toEqual([]);
  });

  it('does not bring back a session that has ended', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    await fixture.transcriber.release(session.sessionId, session.fence, 'handed_over');
    expect(await fixture.rival.claim(10, ['ledger'])).toEqual([]);
  });
});
