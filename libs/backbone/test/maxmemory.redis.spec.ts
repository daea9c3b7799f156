import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf } from '@verbatim/protocol';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { openReaperSide, type BackboneEvent, type ReaperSide } from '../src/index.ts';
import { chunk, commitOf, message, openFixture, recordWriter, upTo, type Fixture } from './fixture.ts';

let redis: PrivateRedis;
let fixture: Fixture;
let reaper: ReaperSide;
const events: BackboneEvent[] = [];
beforeAll(async () => {
  redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
  fixture = await openFixture({ url: redis.url, leaseMs: 60_000, onEvent: (event) => events.push(event) });
  reaper = await openReaperSide(fixture.options);
});
afterAll(async () => {
  await Promise.all([fixture.close(), reaper.close()]);
  await redis.stop();
});

describe('at maxmemory', () => {
  it('leases are renewed, text is committed, sessions change hands and are reaped; audio waits and new sessions are refused', async () => {
    const { gateway, transcriber, raw } = fixture;
    const session = await fixture.openClaimed();
    const abandoned = await fixture.openClaimed();
    await raw.zadd(fixture.keys.expiry(shardOf(abandoned.sessionId)), 1, abandoned.sessionId);
    const waiting = await fixture.open();
    const { writer, told } = recordWriter(gateway, session);
    for (const n of upTo(10)) writer.append(chunk(n));
    await writer.drained();

    await raw.config('SET', 'maxmemory', '1');
    await expect(raw.set('x', 'y')).rejects.toThrow(/OOM/);
    writer.append(chunk(11));
    writer.append(chunk(12));
    await eventually(() => expect(told.pressure).toEqual([true]));
    expect(events).toContainEqual({ type: 'storage_refused', reason: expect.stringContaining('raise maxmemory') });
    await expect(fixture.open()).rejects.toMatchObject({ code: 'storage_unavailable' });

    expect(await transcriber.renewLeases([session])).toEqual([]);
    const [claimed] = await transcriber.claim(1, ['ledger']);
    expect(claimed?.sessionId).toBe(waiting.sessionId);
    await transcriber.release(waiting.sessionId, claimed?.fence ?? session.fence, 'handed_over');
    expect(await transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 16_000 }))).toBe(
      'committed',
    );
    await gateway.keepAlive([session.sessionId]);
    await gateway.detach(waiting.sessionId, 1);
    expect(await gateway.resumeSession(waiting.sessionId, waiting.resumeToken)).toMatchObject({ connection: 2 });

    const reaped = await reaper.reapShard(Number(shardOf(abandoned.sessionId)));
    expect(reaped).toEqual({ expired: [abandoned.sessionId], healed: 0 });

    await raw.config('SET', 'maxmemory', '0');
    await writer.drained();
    expect(told).toEqual({ storedSample: 19_200, storedCount: 12, pressure: [true, false], lost: [] });
    const entries = await raw.xrange(fixture.keys.audio(session.sessionId), '-', '+');
    expect(entries.map(([id]) => id)).toEqual(['16000-0', '17600-0', '19200-0']);
  });
});
