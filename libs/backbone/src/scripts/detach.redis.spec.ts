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
  fixture = await openFixture({ ...redis, resumeWindowMs: 600, reaperSlackMs: 100, leaseMs: 60_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

describe('detach', () => {
  it('lets the session wait for the resume window; where no reaper is, it is gone then and its lease is lost', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    await fixture.gateway.detach(session.sessionId, 1);
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'detached' });
    const { keys, raw } = fixture;
    const all = [keys.session(session.sessionId), keys.audio(session.sessionId), keys.log(session.sessionId)];
    for (const key of all) expect(await raw.pttl(key)).toBeLessThanOrEqual(700);
    await eventually(async () => expect(await raw.exists(...all)).toBe(0));
    await expect(fixture.gateway.resumeSession(session.sessionId, session.resumeToken)).rejects.toMatchObject({
      code: 'resume_unrecoverable',
    });
    expect(await fixture.transcriber.renewLeases([session])).toEqual([session.sessionId]);
  });

  it('is not prolonged by a commit or a late sign of life', async () => {
    const session = await fixture.openClaimed();
    await fixture.gateway.detach(session.sessionId, 1);
    await fixture.gateway.keepAlive([session.sessionId]);
    expect(await fixture.dueInMs(session.sessionId)).toBeLessThan(2000);
    expect(await fixture.transcriber.commit(commitOf(session, [message(1)]))).toBe('committed');
    const { keys, raw } = fixture;
    for (const key of [keys.session(session.sessionId), keys.audio(session.sessionId), keys.log(session.sessionId)]) {
      const ttlMs = await raw.pttl(key);
      expect(ttlMs).toBeGreaterThan(0);
      expect(ttlMs).toBeLessThanOrEqual(700);
    }
  });

  it('is undone by a resume', async () => {
    const session = await fixture.open();
    await fixture.gateway.detach(session.sessionId, 1);
    expect(await fixture.gateway.resumeSession(session.sessionId, session.resumeToken)).toMatchObject({
      state: 'live',
    });
    expect(await fixture.raw.pttl(fixture.keys.session(session.sessionId))).toBeGreaterThan(100_000);
    expect(await fixture.dueInMs(session.sessionId)).toBeGreaterThan(100_000);
  });

  it('does nothing when a newer connection holds the session', async () => {
    const session = await fixture.open();
    await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    await fixture.gateway.detach(session.sessionId, 1);
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'live' });
  });
});
