import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf, type SessionId } from '@verbatim/protocol';
import {
  chunk,
  openFixture,
  recordWriter,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { sessionKeys } from '../session-keys.ts';
import { expireScript } from './expire.ts';
import { runScript } from './script.ts';

const KEY_TTL_MS = 50_000;

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

function expire(sessionId: SessionId) {
  return runScript(fixture.raw, expireScript, {
    keys: sessionKeys(fixture.keys, sessionId),
    args: { sessionId, keyTtlMs: KEY_TTL_MS, publish: redis.isCluster ? 'SPUBLISH' : 'PUBLISH' },
  });
}

/** Lets a session's wait be over. */
function makeDue(sessionId: SessionId) {
  return fixture.raw.zadd(fixture.keys.expiry(shardOf(sessionId)), 1, sessionId);
}

describe('expire', () => {
  it('puts its mark behind all audio and marks, says so in the record and leaves time for the last finals', async () => {
    const session = await fixture.openClaimed();
    const { raw, keys } = fixture;
    const { writer } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    writer.mark('finalize');
    await writer.drained();
    await makeDue(session.sessionId);
    expect(await expire(session.sessionId)).toBe('EXPIRED');
    const entries = await raw.xrange(keys.audio(session.sessionId), '(1600-0', '+');
    expect(entries).toEqual([
      ['1600-2', ['c', 'finalize', 'b', '3200']],
      ['1600-3', ['c', 'expire', 'b', '3200']],
    ]);
    const read = await fixture.transcriber.readAudio([{ sessionId: session.sessionId, afterStreamId: '1600-2' }]);
    expect(read.get(session.sessionId)).toMatchObject([{ kind: 'control', control: 'expire', atSample: 1600 }]);
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'expiring' });
    expect(await fixture.dueInMs(session.sessionId)).toBeUndefined();
    for (const key of [keys.session(session.sessionId), keys.audio(session.sessionId)]) {
      const ttlMs = await raw.pttl(key);
      expect(ttlMs).toBeGreaterThan(KEY_TTL_MS - 5000);
      expect(ttlMs).toBeLessThanOrEqual(KEY_TTL_MS);
    }
  });

  it('does it once, and not while the client may still come', async () => {
    const { sessionId } = await fixture.open();
    expect(await expire(sessionId)).toBe('NOT_DUE');
    await makeDue(sessionId);
    const both = await Promise.all([expire(sessionId), expire(sessionId)]);
    expect(both.sort()).toEqual(['EXPIRED', 'NOT_DUE']);
    expect(await fixture.raw.xlen(fixture.keys.audio(sessionId))).toBe(2);
  });

  it('is called off by a resume, a sign of life comes too late for it', async () => {
    const resumed = await fixture.open();
    await makeDue(resumed.sessionId);
    await fixture.gateway.resumeSession(resumed.sessionId, resumed.resumeToken);
    expect(await expire(resumed.sessionId)).toBe('NOT_DUE');
    const expired = await fixture.open();
    await makeDue(expired.sessionId);
    await expire(expired.sessionId);
    await fixture.gateway.keepAlive([expired.sessionId]);
    expect(await fixture.gateway.readSession(expired.sessionId)).toMatchObject({ state: 'expiring' });
    expect(await fixture.dueInMs(expired.sessionId)).toBeUndefined();
  });

  it('finds an owner for a session that has none', async () => {
    const { sessionId } = await fixture.open();
    const { raw, keys } = fixture;
    await raw.zrem(keys.open(shardOf(sessionId)), sessionId);
    await makeDue(sessionId);
    await expire(sessionId);
    const claimed = await fixture.transcriber.claim(100, ['ledger']);
    expect(claimed.map((session) => session.sessionId)).toContain(sessionId);
  });

  it('takes a session without a record out of both sets', async () => {
    const { sessionId } = await fixture.open();
    const { raw, keys } = fixture;
    await raw.del(keys.session(sessionId));
    expect(await expire(sessionId)).toBe('GONE');
    expect(await raw.zscore(keys.open(shardOf(sessionId)), sessionId)).toBeNull();
    expect(await fixture.dueInMs(sessionId)).toBeUndefined();
  });

  it('is harmless to audio that a connection thought dead brings after all', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    await writer.drained();
    await makeDue(session.sessionId);
    await expire(session.sessionId);
    writer.append(chunk(2));
    await writer.drained();
    expect(told.lost).toEqual([]);
    const entries = await fixture.raw.xrange(fixture.keys.audio(session.sessionId), '-', '+');
    expect(entries.map(([id]) => id)).toEqual(['0-1', '1600-0', '1600-1', '3200-0']);
  });
});
