import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fence, Seq, SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import {
  chunk,
  commitOf,
  message,
  openFixture,
  recordFollowing,
  recordWriter,
  startRedisUnderTest,
  upTo,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture({ ...redis, leaseMs: 200, retentionMs: 40_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

async function withAudio(chunks: number) {
  const session = await fixture.openClaimed();
  const { writer } = recordWriter(fixture.gateway, session);
  for (const n of upTo(chunks)) writer.append(chunk(n));
  await writer.drained();
  return session;
}

async function everythingOf(sessionId: SessionId) {
  const { raw, keys } = fixture;
  const [record, log, audio] = await Promise.all([
    raw.hgetall(keys.session(sessionId)),
    raw.xrange(keys.log(sessionId), '-', '+'),
    raw.xrange(keys.audio(sessionId), '-', '+'),
  ]);
  return { record, log, audioIds: audio.map(([id]) => id) };
}

async function takenOver(sessionId: SessionId) {
  return eventually(async () => {
    const claimed = await fixture.rival.claim(100, ['ledger']);
    const taken = claimed.find((session) => session.sessionId === sessionId);
    if (!taken) throw new Error('not yet');
    return taken;
  });
}

describe('commit', () => {
  it('stores messages and checkpoint, trims the audio, publishes', async () => {
    const session = await withAudio(5);
    const { told, following } = await recordFollowing(fixture.gateway, session.sessionId);
    const request = commitOf(session, [message(1), message(2)], {
      releaseBeforeSample: 4800,
      checkpoint: '{"t":4800}',
    });
    expect(await fixture.transcriber.commit(request)).toBe('committed');
    const { record, log, audioIds } = await everythingOf(session.sessionId);
    expect(log).toEqual([
      ['1-0', ['m', '{"w":1}']],
      ['2-0', ['m', '{"w":2}']],
    ]);
    expect(record).toMatchObject({ seq: '2', checkpoint: '{"t":4800}' });
    expect(audioIds).toEqual(['4800-0', '6400-0', '8000-0']);
    await eventually(() => expect(told.durable).toEqual([1, 2]));
    following.stop();
  });

  it('moves checkpoint and trim without any message', async () => {
    const session = await withAudio(2);
    const request = commitOf(session, [], { releaseBeforeSample: 3200, checkpoint: '{"quiet":true}' });
    expect(await fixture.transcriber.commit(request)).toBe('committed');
    const { record, audioIds } = await everythingOf(session.sessionId);
    expect(record).toMatchObject({ seq: '0', checkpoint: '{"quiet":true}' });
    expect(audioIds).toEqual(['3200-0']);
  });

  it("refuses a zombie's commit whole: log, checkpoint and audio stay as they are", async () => {
    const zombie = await withAudio(6);
    await fixture.transcriber.commit(commitOf(zombie, [message(1)], { releaseBeforeSample: 1600 }));
    const owner = await takenOver(zombie.sessionId);
    await fixture.rival.commit(commitOf(owner, [message(2, '"from the owner"')], { releaseBeforeSample: 3200 }));
    const before = await everythingOf(zombie.sessionId);
    const { told, following } = await recordFollowing(fixture.gateway, zombie.sessionId, 1, 2);

    for (const late of [
      commitOf(zombie, [message(2, '"from the zombie"')], { releaseBeforeSample: 9600 }),
      commitOf(zombie, [message(3)], { releaseBeforeSample: 9600 }),
      commitOf(zombie, [], { releaseBeforeSample: 9600, afterSeq: 2 as Seq }),
      commitOf(zombie, [message(3)], { endsSession: true }),
    ])
      expect(await fixture.transcriber.commit(late)).toBe('fenced');

    expect(await everythingOf(zombie.sessionId)).toEqual(before);
    await fixture.rival.commit(commitOf(owner, [message(3)]));
    await eventually(() => expect(told.durable).toEqual([3]));
    following.stop();
  });

  it('refuses a fence that was never given, and a session that is gone', async () => {
    const session = await withAudio(1);
    const future = { ...session, fence: (session.fence + 1) as Fence };
    expect(await fixture.transcriber.commit(commitOf(future, [message(1)]))).toBe('fenced');
    await fixture.raw.del(fixture.keys.session(session.sessionId));
    expect(await fixture.transcriber.commit(commitOf(session, [message(1)]))).toBe('fenced');
    expect(await fixture.raw.exists(fixture.keys.log(session.sessionId))).toBe(0);
  });

  it('takes the repeat of a commit whose reply was lost as committed and changes nothing', async () => {
    const session = await withAudio(3);
    const { told, following } = await recordFollowing(fixture.gateway, session.sessionId);
    const request = commitOf(session, [message(1), message(2)], { releaseBeforeSample: 1600 });
    await fixture.transcriber.commit(request);
    const before = await everythingOf(session.sessionId);
    expect(await fixture.transcriber.commit(request)).toBe('committed');
    expect(await everythingOf(session.sessionId)).toEqual(before);
    await fixture.transcriber.commit(commitOf(session, [message(3)]));
    await eventually(() => expect(told.durable).toEqual([1, 2, 3]));
    following.stop();
  });

  it('rejects other content under a seq that is taken, a gap in a batch, and one that is half there; nothing is changed', async () => {
    const session = await withAudio(3);
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2)]));
    const before = await everythingOf(session.sessionId);
    for (const messages of [[message(2, '"other"')], [message(2), message(3)], [message(3), message(5)]])
      await expect(
        fixture.transcriber.commit(commitOf(session, messages, { releaseBeforeSample: 4800 })),
      ).rejects.toMatchObject({ code: 'internal_error' });
    expect(await everythingOf(session.sessionId)).toEqual(before);
  });

  it('rejects a checkpoint that is older than the log', async () => {
    const session = await withAudio(3);
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2)]));
    const before = await everythingOf(session.sessionId);
    const older = commitOf(session, [], { afterSeq: 1 as Seq });
    await expect(fixture.transcriber.commit(older)).rejects.toMatchObject({ code: 'internal_error' });
    expect(await everythingOf(session.sessionId)).toEqual(before);
  });

  it('tells a node whose claim a failover lost that another one has the same fence, and changes nothing', async () => {
    const forgotten = await withAudio(3);
    await fixture.raw.hset(fixture.keys.session(forgotten.sessionId), 'owner', 'n2');
    const before = await everythingOf(forgotten.sessionId);
    for (const request of [
      commitOf(forgotten, [message(1)], { releaseBeforeSample: 4800 }),
      commitOf(forgotten, [], { releaseBeforeSample: 4800 }),
      commitOf(forgotten, [message(1)], { endsSession: true }),
    ])
      expect(await fixture.transcriber.commit(request)).toBe('fenced');
    expect(await everythingOf(forgotten.sessionId)).toEqual(before);
    expect(await fixture.rival.commit(commitOf(forgotten, [message(1)]))).toBe('committed');
  });

  it('tells the owner that a failover took back its commits, with and without new messages, and changes nothing', async () => {
    const session = await withAudio(5);
    const { raw, keys } = fixture;
    const key = keys.session(session.sessionId);
    await fixture.transcriber.commit(commitOf(session, [message(1)], { checkpoint: '{"t":1600}' }));
    const [older, log] = await Promise.all([raw.dumpBuffer(key), raw.dumpBuffer(keys.log(session.sessionId))]);
    await fixture.transcriber.commit(commitOf(session, [message(2), message(3)], { releaseBeforeSample: 1600 }));
    await raw.restore(key, 60_000, older, 'REPLACE');
    await raw.restore(keys.log(session.sessionId), 60_000, log, 'REPLACE');
    const before = await everythingOf(session.sessionId);
    for (const request of [
      commitOf(session, [message(4)], { releaseBeforeSample: 8000 }),
      commitOf(session, [], { releaseBeforeSample: 8000, afterSeq: 3 as Seq }),
      commitOf(session, [message(4)], { endsSession: true }),
    ])
      expect(await fixture.transcriber.commit(request)).toBe('rolled_back');
    expect(await everythingOf(session.sessionId)).toEqual(before);
    await fixture.transcriber.release(session.sessionId, session.fence, 'handed_over');
    const again = await takenOver(session.sessionId);
    expect(again).toMatchObject({ lastSeq: 1, checkpoint: '{"t":1600}', failedOwners: 0 });
    expect(await fixture.rival.commit(commitOf(again, [message(2)]))).toBe('committed');
  });

  it('keeps the last entry when a failover took audio back that was heard: a resume reads the position there', async () => {
    const session = await withAudio(3);
    await fixture.transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 6400 }));
    expect((await everythingOf(session.sessionId)).audioIds).toEqual(['0-1', '1600-0', '3200-0', '4800-0']);
    const resumed = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(resumed.audio).toEqual({ sample: 4800, clientBytes: 9600 });
    const { writer } = recordWriter(fixture.gateway, resumed, resumed.audio);
    writer.append(chunk(4));
    await writer.drained();
    await fixture.transcriber.commit(commitOf(session, [message(2)], { releaseBeforeSample: 6400 }));
    expect((await everythingOf(session.sessionId)).audioIds).toEqual(['6400-0']);
  });

  it('ends a session: audio deleted, out of open, record and log on the retention time, late writes refused', async () => {
    const session = await withAudio(4);
    const { raw, keys } = fixture;
    const open = keys.open(session.sessionId.slice(1, 3));
    const request = commitOf(session, [message(1), message(2, '{"type":"session_ended"}')], { endsSession: true });
    expect(await fixture.transcriber.commit(request)).toBe('committed');
    expect(await raw.exists(keys.audio(session.sessionId))).toBe(0);
    expect(await raw.zscore(open, session.sessionId)).toBeNull();
    expect(await fixture.dueInMs(session.sessionId)).toBeUndefined();
    for (const key of [keys.session(session.sessionId), keys.log(session.sessionId)]) {
      const ttlMs = await raw.pttl(key);
      expect(ttlMs).toBeGreaterThan(30_000);
      expect(ttlMs).toBeLessThanOrEqual(40_000);
    }
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'ended', lastSeq: 2 });
    expect(await fixture.transcriber.commit(request)).toBe('committed');
    expect(await fixture.transcriber.commit(commitOf(session, [message(3)]))).toBe('fenced');
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
  });
});
