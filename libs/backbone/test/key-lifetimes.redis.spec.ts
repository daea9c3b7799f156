import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { chunk, commitOf, message, openFixture, recordWriter, type Fixture } from './fixture.ts';

let redis: PrivateRedis;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedis();
  fixture = await openFixture({ url: redis.url, leaseMs: 60_000, retentionMs: 600, resumeWindowMs: 600 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

/** Keys that nothing would ever delete: no TTL, and not the set whose members have owners. */
async function orphans(): Promise<string[]> {
  const names = await fixture.raw.keys('*');
  const ttls = await Promise.all(names.map((name) => fixture.raw.pttl(name)));
  return names.filter((name, index) => (ttls[index] ?? 0) < 0 && !name.endsWith(':open'));
}

describe('every key', () => {
  it('has a TTL or an owner, at every step of a session', async () => {
    const { gateway, transcriber } = fixture;
    const session = await fixture.openClaimed();
    const abandoned = await fixture.openClaimed();
    expect(await orphans()).toEqual([]);
    const { writer } = recordWriter(gateway, session);
    writer.append(chunk(1));
    writer.mark('end');
    await writer.drained();
    await transcriber.heartbeat('t1', {
      ...{
        role: 'transcriber',
        version: '1',
        started_at_ms: 1,
        sessions: 1,
        capacity: 1,
        draining: false,
        providers: [],
      },
    });
    await gateway.addStats({ audio_samples: 1600 });
    expect(await orphans()).toEqual([]);
    await transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 1600 }));
    await transcriber.commit(commitOf(abandoned, [message(1)]));
    await gateway.keepAlive([session.sessionId]);
    expect(await orphans()).toEqual([]);
    const resumed = await gateway.resumeSession(session.sessionId, session.resumeToken);
    await gateway.detach(session.sessionId, resumed.connection);
    await transcriber.commit(commitOf(session, [message(2)]));
    await transcriber.release(abandoned.sessionId, abandoned.fence);
    expect(await orphans()).toEqual([]);
    await transcriber.commit(commitOf(session, [message(3)], { endsSession: true }));
    await gateway.detach(abandoned.sessionId, 1);
    expect(await orphans()).toEqual([]);

    const held = [session, abandoned];
    await eventually(async () => {
      held.push(...(await transcriber.claim('n1', 10, ['ledger'])).map((claimed) => ({ ...abandoned, ...claimed })));
      await transcriber.renewLeases(held);
      const left = await fixture.raw.keys('*');
      expect(left.filter((name) => !/:(stats:\d+|node:t1|nodes)$/.test(name))).toEqual([]);
    });
  });
});
