import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { resumeScript } from './resume.ts';
import { runScript } from './script.ts';

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

  it('takes each token once', async () => {
    const session = await fixture.open();
    await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    for (const token of [session.resumeToken, 'made up', ''])
      await expect(fixture.gateway.resumeSession(session.sessionId, token)).rejects.toMatchObject({
        code: 'session_not_found',
      });
    expect(await fixture.raw.hget(fixture.keys.session(session.sessionId), 'connection')).toBe('2');
  });

  it('gives the same answer when the same call is repeated after its reply was lost', async () => {
    const { raw, keys } = fixture;
    const { sessionId } = await fixture.open();
    const tokenHash = (await raw.hget(keys.session(sessionId), 'token')) ?? '';
    const call = {
      keys: {
        session: keys.session(sessionId),
        audio: keys.audio(sessionId),
        log: keys.log(sessionId),
        text: keys.text(sessionId),
      },
      args: { tokenHash, nextTokenHash: 'next', liveTtlMs: 60_000, publish: redis.isCluster ? 'SPUBLISH' : 'PUBLISH' },
    };
    const first = await runScript(raw, resumeScript, call);
    expect(first).toMatchObject({ kind: 'RESUMED', connection: 2 });
    expect(await runScript(raw, resumeScript, call)).toEqual(first);
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
