import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeRecord } from '@verbatim/protocol';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
});
beforeEach(async () => {
  fixture = await openFixture(redis);
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

const RECORD: NodeRecord = {
  ...{ role: 'transcriber', version: '1.2.3', started_at_ms: 1, sessions: 3, capacity: 8, load: 0.5, draining: false },
  providers: [{ name: 'local', languages: ['en'], status: 'degraded', reason: 'slow' }],
};

describe('node records', () => {
  it('are listed as they were written, until ten seconds after the last heartbeat', async () => {
    await fixture.transcriber.heartbeat('t1', { ...RECORD, sessions: 1 });
    await fixture.transcriber.heartbeat('t1', RECORD);
    expect(await fixture.gateway.listNodes()).toEqual([{ nodeId: 't1', record: RECORD }]);
    const ttlMs = await fixture.raw.pttl(fixture.keys.node('t1'));
    expect(ttlMs).toBeGreaterThan(8000);
    expect(ttlMs).toBeLessThanOrEqual(10_000);
    await fixture.raw.del(fixture.keys.node('t1'));
    expect(await fixture.gateway.listNodes()).toEqual([]);
    expect(await fixture.raw.zcard(fixture.keys.nodes())).toBe(0);
  });

  it('vanish at once when the process leaves', async () => {
    await fixture.gateway.heartbeat('g1', { ...RECORD, role: 'gateway' });
    await fixture.gateway.leave('g1');
    expect(await fixture.transcriber.listNodes()).toEqual([]);
  });

  it('of a version that does not fit are left out', async () => {
    await fixture.gateway.heartbeat('g1', RECORD);
    await fixture.raw.hset(fixture.keys.node('g1'), 'role', '"pianist"');
    expect(await fixture.gateway.listNodes()).toEqual([]);
    await fixture.raw.hset(fixture.keys.node('g1'), 'role', 'not json');
    expect(await fixture.gateway.listNodes()).toEqual([]);
  });
});

describe('statistics', () => {
  it('add up over processes and minutes', async () => {
    await fixture.gateway.addStats({ audio_samples: 1600, 'requests:local': 1 });
    await fixture.transcriber.addStats({ audio_samples: 3200, decode_s: 0.25 });
    const earlier = fixture.keys.stats(Math.floor(Date.now() / 60_000) - 3);
    await fixture.raw.hset(earlier, 'audio_samples', 100);
    expect(await fixture.gateway.readStats(2)).toEqual({ audio_samples: 4800, 'requests:local': 1, decode_s: 0.25 });
    expect(await fixture.gateway.readStats(10)).toMatchObject({ audio_samples: 4900 });
  });

  it('count open sessions over all shards', async () => {
    expect(await fixture.transcriber.countOpenSessions()).toBe(0);
    await Promise.all(Array.from({ length: 25 }, () => fixture.open()));
    expect(await fixture.transcriber.countOpenSessions()).toBe(25);
  });
});
