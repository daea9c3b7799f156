import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf, type Seq, type SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import {
  chunk,
  commitOf,
  message,
  openFixture,
  recordFollowing,
  recordText,
  recordWriter,
  startRedisUnderTest,
  upTo,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { sessionKeys } from '../session-keys.ts';

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

/** What is left of a session: its keys that exist, and its places in the sets of the shard. */
async function leftOf(sessionId: SessionId): Promise<readonly string[]> {
  const { raw, keys } = fixture;
  const own = Object.values(sessionKeys(keys, sessionId)).filter((key) => key.includes(sessionId));
  const kept = await Promise.all(own.map(async (key) => ((await raw.exists(key)) === 1 ? [key] : [])));
  const sets = [keys.open(shardOf(sessionId)), keys.expiry(shardOf(sessionId))];
  const member = await Promise.all(sets.map(async (set) => ((await raw.zscore(set, sessionId)) === null ? [] : [set])));
  return [...kept.flat(), ...member.flat()];
}

describe('delete', () => {
  it('leaves nothing of a session that is spoken and transcribed, and says that there was one', async () => {
    const session = await fixture.openClaimed();
    const { writer } = recordWriter(fixture.gateway, session);
    for (const n of upTo(3)) writer.append(chunk(n));
    await writer.drained();
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    expect(await leftOf(session.sessionId)).toHaveLength(5);
    expect(await fixture.gateway.deleteSession(session.sessionId)).toBe(true);
    expect(await leftOf(session.sessionId)).toEqual([]);
    expect(await fixture.gateway.readSession(session.sessionId)).toBeUndefined();
    expect(await fixture.gateway.readLog(session.sessionId, session.lastSeq)).toEqual([]);
    expect(await fixture.gateway.deleteSession(session.sessionId)).toBe(false);
  });

  it.each(['detached', 'expiring', 'ended'] as const)('takes a session that is %s as well', async (state) => {
    const session = await fixture.openClaimed();
    if (state === 'ended') await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    else await fixture.raw.hset(fixture.keys.session(session.sessionId), 'state', state);
    expect(await fixture.gateway.deleteSession(session.sessionId)).toBe(true);
    expect(await leftOf(session.sessionId)).toEqual([]);
  });

  it('tells every connection and observer, whichever gateway they are at', async () => {
    const { sessionId } = await fixture.open();
    const { told } = await recordFollowing(fixture.gateway, sessionId);
    const observer = recordText();
    await fixture.gateway.observe(sessionId, 0 as Seq, observer.listener);
    await fixture.gateway.deleteSession(sessionId);
    await eventually(() => expect([told.gone, observer.told.gone]).toEqual([['deleted'], ['deleted']]));
  });

  it('lets nobody bring the session back: not its owner, not its writer, not its client', async () => {
    const session = await fixture.openClaimed();
    const { sessionId, fence } = session;
    const { writer, told } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    await writer.drained();
    await fixture.gateway.deleteSession(sessionId);

    expect(await fixture.transcriber.commit(commitOf(session, [message(1)]))).toBe('fenced');
    expect(await fixture.transcriber.renewLeases([session])).toEqual([sessionId]);
    fixture.transcriber.publish(sessionId, fence, '"late"');
    await fixture.transcriber.release(sessionId, fence, 'handed_over');
    writer.append(chunk(2));
    await eventually(() => expect(told.lost).toEqual(['resume_unrecoverable']));
    await expect(fixture.gateway.resumeSession(sessionId, session.resumeToken)).rejects.toMatchObject({
      code: 'resume_unrecoverable',
    });
    expect(await fixture.gateway.keepAlive([sessionId])).toEqual([sessionId]);
    await fixture.gateway.detach(sessionId, 1);
    const claimed = await fixture.rival.claim(100, ['ledger']);
    expect(claimed.filter((claim) => claim.sessionId === sessionId)).toEqual([]);
    expect(await leftOf(sessionId)).toEqual([]);
  });

  it('removes what a session without a record has left, and tells nobody', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    await fixture.raw.del(fixture.keys.session(session.sessionId));
    expect(await fixture.gateway.deleteSession(session.sessionId)).toBe(false);
    expect(await leftOf(session.sessionId)).toEqual([]);
  });
});
