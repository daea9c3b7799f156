import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
import {
  commitOf,
  message,
  openFixture,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { openTranscriberSide } from '../index.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
});
beforeEach(async () => {
  fixture = await openFixture({ ...redis, leaseMs: 300 });
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

describe('claim', () => {
  it('gives a new session under fence 1 with its configuration, and to one claimer only', async () => {
    const { sessionId } = await fixture.open({ language: 'de' });
    const [claimed, ...others] = await fixture.transcriber.claim(5, ['ledger']);
    expect(claimed).toEqual({
      ...{ sessionId, fence: 1, lastSeq: 0, checkpoint: undefined, isTakeover: false, failedOwners: 0 },
      config: expect.objectContaining({ language: 'de', provider: 'ledger' }),
    });
    expect(others).toEqual([]);
    expect(await fixture.rival.claim(5, ['ledger'])).toEqual([]);
    expect(await fixture.raw.hget(fixture.keys.session(sessionId), 'owner')).toBe('n1');
  });

  it('takes no more than asked for', async () => {
    await Promise.all(Array.from({ length: 40 }, () => fixture.open()));
    expect(await fixture.transcriber.claim(7, ['ledger'])).toHaveLength(7);
    expect(await fixture.transcriber.claim(0, ['ledger'])).toHaveLength(0);
    expect(await fixture.transcriber.claim(100, ['ledger'])).toHaveLength(33);
  });

  it('leaves a session alone whose recogniser the claimer lacks, and finds others behind a hundred of them', async () => {
    const only = await openFixture({ ...redis, shards: 1 });
    await Promise.all(Array.from({ length: 100 }, () => only.open({ provider: 'google' })));
    const mine = await only.open({ provider: 'local' });
    const claimed = await only.transcriber.claim(5, ['local', 'ledger']);
    expect(claimed.map(({ sessionId }) => sessionId)).toEqual([mine.sessionId]);
    expect(await only.rival.claim(200, ['google'])).toHaveLength(100);
    await only.close();
  });

  it('takes a session over with the next fence, checkpoint and seq when its lease has run out', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2)], { checkpoint: '{"t":3}' }));
    const [taken] = await eventually(async () => {
      const claimed = await fixture.rival.claim(5, ['ledger']);
      expect(claimed).toHaveLength(1);
      return claimed;
    });
    expect(taken).toMatchObject({
      sessionId: session.sessionId,
      fence: 2,
      lastSeq: 2,
      checkpoint: '{"t":3}',
      isTakeover: true,
    });
  });

  it('counts the owners in a row that failed before anything was committed, and none that only died', async () => {
    const session = await fixture.openClaimed();
    const takenBy = (side: typeof fixture.rival) =>
      eventually(async () => {
        const [taken] = await side.claim(1, ['ledger']);
        if (!taken) throw new Error('not yet');
        return taken;
      });
    const second = await takenBy(fixture.rival);
    expect(second).toMatchObject({ fence: 2, failedOwners: 0 });
    await fixture.rival.release(session.sessionId, second.fence, 'failed');
    const third = await takenBy(fixture.transcriber);
    expect(third).toMatchObject({ fence: 3, failedOwners: 1 });
    await fixture.transcriber.release(session.sessionId, third.fence, 'handed_over');
    const fourth = await takenBy(fixture.rival);
    expect(fourth).toMatchObject({ fence: 4, failedOwners: 1 });
    expect(await fixture.rival.commit(commitOf(fourth, [message(1)]))).toBe('committed');
    expect(await takenBy(fixture.transcriber)).toMatchObject({ fence: 5, failedOwners: 0 });
  });

  it('removes a session whose record is gone', async () => {
    const { sessionId } = await fixture.open();
    await fixture.raw.del(fixture.keys.session(sessionId));
    expect(await fixture.gateway.countOpenSessions()).toBe(1);
    expect(await fixture.transcriber.claim(5, ['ledger'])).toEqual([]);
    expect(await fixture.gateway.countOpenSessions()).toBe(0);
    expect(await fixture.dueInMs(sessionId)).toBeUndefined();
  });

  it('gives each of 500 sessions to exactly one of two racing claimers', async () => {
    const rival = await openTranscriberSide({ ...fixture.options, leaseMs: 60_000, nodeId: 'n3' });
    const patient = await openTranscriberSide({ ...fixture.options, leaseMs: 60_000, nodeId: 'n4' });
    await Promise.all(Array.from({ length: 500 }, () => fixture.open()));
    const drain = async (side: typeof rival) => {
      const mine: string[] = [];
      for (;;) {
        const claimed = await side.claim(20, ['ledger']);
        if (claimed.length === 0) return mine;
        mine.push(...claimed.map(({ sessionId }) => sessionId));
      }
    };
    const [first, second] = await Promise.all([drain(rival), drain(patient)]);
    expect(first.length + second.length).toBe(500);
    expect(new Set([...first, ...second]).size).toBe(500);
    expect(Math.min(first.length, second.length)).toBeGreaterThan(0);
    await Promise.all([rival.close(), patient.close()]);
  });
});
