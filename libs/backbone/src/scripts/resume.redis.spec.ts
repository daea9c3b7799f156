import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import {
  chunk,
  commitOf,
  message,
  openFixture,
  recordFollowing,
  recordWriter,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { startFaultyProxy } from '../../test/faulty-proxy.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture({ ...redis, resumeWindowMs: 200_000, leaseMs: 60_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

/** The same for every token that is not good: it must not be told why. */
const REFUSED = { code: 'session_not_found', message: expect.stringContaining('resume_token') };

describe('resume', () => {
  it('says where audio and text stand, gives the next token and counts the connection', async () => {
    const session = await fixture.openClaimed();
    const { writer } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    writer.append(chunk(2));
    await writer.drained();
    await fixture.transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 3200 }));
    const resumed = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(resumed).toMatchObject({
      ...{ sessionId: session.sessionId, epoch: session.epoch, connection: 2, state: 'live', lastSeq: 1 },
      audio: { sample: 3200, clientBytes: 6400 },
      config: { provider: 'ledger' },
    });
    expect(resumed.resumeToken).not.toBe(session.resumeToken);
  });

  it('reads the position from a mark as well, and from the opening entry when there was no audio', async () => {
    const session = await fixture.open();
    const first = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(first.audio).toEqual({ sample: 0, clientBytes: 0 });
    const { writer } = recordWriter(fixture.gateway, first);
    writer.append(chunk(1));
    writer.mark('finalize');
    await writer.drained();
    const second = await fixture.gateway.resumeSession(session.sessionId, first.resumeToken);
    expect(second.audio).toEqual({ sample: 1600, clientBytes: 3200 });
  });

  it('says of packed audio what a decoder gives first and how its file began, of raw audio nothing of it', async () => {
    const session = await fixture.open();
    const { writer } = recordWriter(fixture.gateway, session);
    const mediaHeader = Buffer.from([0, 255, 128, 10]);
    writer.append({ ...chunk(1), clientBytes: 700, restartFrame: 1200, mediaHeader });
    writer.append({ ...chunk(2), clientBytes: 1400, restartFrame: 3900 });
    await writer.drained();
    const first = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(first.audio).toEqual({ sample: 3200, clientBytes: 1400, restartFrame: 3900 });
    expect(first.mediaHeader).toEqual(mediaHeader);
    const { writer: next } = recordWriter(fixture.gateway, first, first.audio);
    next.mark('finalize');
    await next.drained();
    const second = await fixture.gateway.resumeSession(session.sessionId, first.resumeToken);
    expect(second.audio).toEqual(first.audio);
    expect(second.mediaHeader).toEqual(mediaHeader);
  });

  it('refuses a token once its successor was used', async () => {
    const { gateway } = fixture;
    const session = await fixture.open();
    const second = await gateway.resumeSession(session.sessionId, session.resumeToken);
    const third = await gateway.resumeSession(session.sessionId, second.resumeToken);
    await expect(gateway.resumeSession(session.sessionId, session.resumeToken)).rejects.toMatchObject(REFUSED);
    const fourth = await gateway.resumeSession(session.sessionId, third.resumeToken);
    await expect(gateway.resumeSession(session.sessionId, second.resumeToken)).rejects.toMatchObject(REFUSED);
    expect(fourth.connection).toBe(4);
  });

  it('refuses what is forged and the token of another session in the same words, and changes nothing', async () => {
    const session = await fixture.open();
    const other = await fixture.open();
    const key = fixture.keys.session(session.sessionId);
    const before = await fixture.raw.hgetall(key);
    const [, signature] = session.resumeToken.split('.');
    for (const token of ['', 'made up', other.resumeToken, `2.${signature}`, `1.${'A'.repeat(43)}`])
      await expect(fixture.gateway.resumeSession(session.sessionId, token)).rejects.toMatchObject(REFUSED);
    expect(await fixture.raw.hgetall(key)).toEqual(before);
  });

  it('takes a token again whose answer never reached the client, as long as nobody used what it gave', async () => {
    const { gateway } = fixture;
    const { sessionId, resumeToken } = await fixture.open();
    const lost = await gateway.resumeSession(sessionId, resumeToken);
    const lostAgain = await gateway.resumeSession(sessionId, resumeToken);
    const received = await gateway.resumeSession(sessionId, resumeToken);
    expect([lost, lostAgain, received].map(({ connection }) => connection)).toEqual([2, 3, 4]);
    await gateway.resumeSession(sessionId, received.resumeToken);
    for (const token of [resumeToken, lost.resumeToken, lostAgain.resumeToken])
      await expect(gateway.resumeSession(sessionId, token)).rejects.toMatchObject(REFUSED);
  });

  it('gets through although Redis answers into a connection that is cut', async () => {
    if (redis.isCluster) return;
    const proxy = await startFaultyProxy(Number(new URL(redis.url).port));
    const behind = await openFixture({ url: proxy.url, keyPrefix: fixture.options.keyPrefix ?? '' });
    const { sessionId, resumeToken } = await fixture.open();
    const resuming = behind.gateway.resumeSession(sessionId, resumeToken);
    await proxy.loseReplies();
    const resumed = await resuming;
    const next = await fixture.gateway.resumeSession(sessionId, resumed.resumeToken);
    expect(next.connection).toBe(resumed.connection + 1);
    await behind.close();
    await proxy.stop();
  });

  it('takes a token that a failover has forgotten giving, and grants a connection above all that were', async () => {
    const { gateway, raw, keys } = fixture;
    const session = await fixture.open();
    const older = await raw.dumpBuffer(keys.session(session.sessionId));
    const second = await gateway.resumeSession(session.sessionId, session.resumeToken);
    const third = await gateway.resumeSession(session.sessionId, second.resumeToken);
    await raw.restore(keys.session(session.sessionId), 60_000, older, 'REPLACE');
    const fourth = await gateway.resumeSession(session.sessionId, third.resumeToken);
    expect(fourth.connection).toBe(4);
    for (const { resumeToken } of [session, second])
      await expect(gateway.resumeSession(session.sessionId, resumeToken)).rejects.toMatchObject(REFUSED);
  });

  it('puts the session back where transcribers and reaper look for it', async () => {
    const { raw, keys } = fixture;
    const { sessionId, resumeToken } = await fixture.open();
    const [open, expiry] = [keys.open(shardOf(sessionId)), keys.expiry(shardOf(sessionId))];
    await raw.zrem(open, sessionId);
    await raw.zrem(expiry, sessionId);
    const { resumeToken: next } = await fixture.gateway.resumeSession(sessionId, resumeToken);
    expect(await raw.zscore(open, sessionId)).toBe('0');
    expect(await fixture.dueInMs(sessionId)).toBeGreaterThan(190_000);
    await raw.zadd(open, 77, sessionId);
    await fixture.gateway.resumeSession(sessionId, next);
    expect(await raw.zscore(open, sessionId)).toBe('77');
  });

  it('comes too late for a session that the reaper has, and says where its transcript is', async () => {
    const { raw, keys } = fixture;
    const { sessionId, resumeToken } = await fixture.open();
    await raw.hset(keys.session(sessionId), 'state', 'expiring');
    const before = await raw.hgetall(keys.session(sessionId));
    await expect(fixture.gateway.resumeSession(sessionId, resumeToken)).rejects.toMatchObject({
      code: 'resume_unrecoverable',
      message: expect.stringContaining(`GET /stt/sessions/${sessionId}`),
    });
    expect(await raw.hgetall(keys.session(sessionId))).toEqual(before);
  });

  it('tells the older connection, and only the older one', async () => {
    const session = await fixture.open();
    const older = await recordFollowing(fixture.gateway, session.sessionId, 1);
    const newer = await recordFollowing(fixture.gateway, session.sessionId, 2);
    await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    await eventually(() => expect(older.told.replaced).toBe(1));
    expect(newer.told.replaced).toBe(0);
    older.following.stop();
    newer.following.stop();
  });

  it('answers resume_unrecoverable when the record or the audio is gone', async () => {
    const { raw, keys, gateway } = fixture;
    const noAudio = await fixture.open();
    await raw.del(keys.audio(noAudio.sessionId));
    const noRecord = await fixture.open();
    await raw.del(keys.session(noRecord.sessionId));
    for (const { sessionId, resumeToken } of [noAudio, noRecord])
      await expect(gateway.resumeSession(sessionId, resumeToken)).rejects.toMatchObject({
        code: 'resume_unrecoverable',
      });
    expect(await raw.exists(keys.audio(noAudio.sessionId))).toBe(0);
  });

  it('resumes an ended session for its last messages, at the position where its audio ended', async () => {
    const session = await fixture.openClaimed();
    const { writer } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    writer.mark('end');
    await writer.drained();
    await fixture.transcriber.commit(commitOf(session, [message(1)], { endsSession: true }));
    const ttlMs = await fixture.raw.pttl(fixture.keys.session(session.sessionId));
    const resumed = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(resumed).toMatchObject({ state: 'ended', lastSeq: 1, audio: { sample: 1600, clientBytes: 3200 } });
    expect(await fixture.gateway.readLog(session.sessionId, 0 as typeof resumed.lastSeq)).toHaveLength(1);
    expect(await fixture.raw.pttl(fixture.keys.session(session.sessionId))).toBeLessThanOrEqual(ttlMs);
  });
});
