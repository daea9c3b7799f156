import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';
import { sessionKeys } from '../session-keys.ts';
import { openScript } from './open.ts';
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

describe('open', () => {
  it("writes the record, opens the audio stream, makes the session nobody's and starts the reaper's clock", async () => {
    const { raw, keys } = fixture;
    const { sessionId, epoch, connection } = await fixture.open({ language: 'fr' });
    const record = await raw.hgetall(keys.session(sessionId));
    expect(record).toMatchObject({ state: 'live', provider: 'ledger', epoch, connection: '1', fence: '0', seq: '0' });
    expect(JSON.parse(record['config'] ?? '')).toMatchObject({ language: 'fr' });
    expect(connection).toBe(1);
    expect(await raw.xrange(keys.audio(sessionId), '-', '+')).toEqual([['0-1', ['c', 'open', 'b', '0']]]);
    expect(await raw.zscore(keys.open(sessionId.slice(1, 3)), sessionId)).toBe('0');
    expect(await fixture.dueInMs(sessionId)).toBeGreaterThan(290_000);
    for (const key of [keys.session(sessionId), keys.audio(sessionId)])
      expect(await raw.pttl(key)).toBeGreaterThan(410_000);
  });

  it('keeps the resume token out of Redis', async () => {
    const { sessionId, resumeToken } = await fixture.open();
    const record = await fixture.raw.hgetall(fixture.keys.session(sessionId));
    expect(JSON.stringify(record)).not.toContain(resumeToken.split('.')[1]);
  });

  it('wakes the transcribers', async () => {
    let calls = 0;
    fixture.transcriber.onWork(() => (calls += 1));
    await fixture.open();
    await eventually(() => expect(calls).toBe(1));
  });

  it('answers a repeat of itself as done and refuses the id to anybody else', async () => {
    const { raw, keys } = fixture;
    const { sessionId, epoch } = await fixture.open();
    const call = (usedEpoch: string) => ({
      keys: sessionKeys(keys, sessionId),
      args: {
        ...{ sessionId, config: '{}', provider: 'google', epoch: usedEpoch, secret: 'h', liveTtlMs: 1000 },
        slackMs: 1000,
        publish: redis.isCluster ? 'SPUBLISH' : 'PUBLISH',
      },
    });
    expect(await runScript(raw, openScript, call(epoch))).toBe('OPENED');
    expect(await runScript(raw, openScript, call('another'))).toBe('TAKEN');
    expect(await raw.hget(keys.session(sessionId), 'provider')).toBe('ledger');
    expect(await raw.xlen(keys.audio(sessionId))).toBe(1);
  });

  it('gives every session an id, an epoch and a token of its own', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => fixture.open()));
    for (const field of ['sessionId', 'epoch', 'resumeToken'] as const)
      expect(new Set(sessions.map((session) => session[field])).size).toBe(50);
    expect(new Set(sessions.map(({ sessionId }) => sessionId.slice(1, 3))).size).toBeGreaterThan(4);
  });
});
