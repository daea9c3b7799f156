import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shardOf } from '@verbatim/protocol';
import { chunk, openFixture, recordWriter, startRedisUnderTest } from '../../test/fixture.ts';
import type { Fixture, RedisUnderTest } from '../../test/fixture.ts';
import { beginUpload, takeUpload } from '../../test/uploads.ts';

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

async function storeFirst(session: Parameters<typeof recordWriter>[1]): Promise<void> {
  const { writer } = recordWriter(fixture.gateway, session);
  writer.append(chunk(1));
  await writer.drained();
  writer.close();
}

describe('begin-chunk', () => {
  it('begins with chunk 0 and says how the session is configured and where its audio stands', async () => {
    const session = await fixture.open({ sample_rate: 8000 });
    expect(await beginUpload(fixture, session, { isFirst: true, index: undefined })).toEqual({
      ...{ kind: 'begun', index: 0, toldSeq: 0, decoder: '', stored: { sample: 0, clientBytes: 0 } },
      config: expect.objectContaining({ sample_rate: 8000, provider: 'ledger' }),
    });
  });

  it('lets no upload into the session of a WebSocket', async () => {
    const session = await fixture.open();
    const before = await fixture.raw.hgetall(fixture.keys.session(session.sessionId));
    expect(await beginUpload(fixture, session, {})).toEqual({ kind: 'not_chunked' });
    expect(await fixture.raw.hgetall(fixture.keys.session(session.sessionId))).toEqual(before);
  });

  it('recognises a chunk that was taken, and one before its turn', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    expect(await beginUpload(fixture, session, { index: 3 })).toEqual({ kind: 'ahead', index: 0 });
    await storeFirst(session);
    await takeUpload(fixture, session, {});
    expect(await beginUpload(fixture, session, {})).toMatchObject({ kind: 'taken', index: 0, isAnswered: false });
    await fixture.gateway.answerChunk(session.sessionId, 0);
    expect(await beginUpload(fixture, session, {})).toMatchObject({ kind: 'taken', index: 0, isAnswered: true });
    expect(await beginUpload(fixture, session, { digest: 'other' })).toEqual({ kind: 'other_bytes', index: 0 });
  });

  it('goes on with a part that an earlier try has stored, for the same bytes only', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    await storeFirst(session);
    expect(await beginUpload(fixture, session, { digest: 'other' })).toEqual({ kind: 'other_bytes', index: 0 });
    expect(await beginUpload(fixture, session, {})).toMatchObject({
      ...{ kind: 'begun', stored: { sample: 1600, clientBytes: 3200 } },
    });
  });

  it('lets other bytes have the index while nothing of the first ones is stored', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true, digest: 'broken' });
    expect(await beginUpload(fixture, session, { digest: 'mended' })).toMatchObject({ kind: 'begun', index: 0 });
  });

  it('keeps a waiting session alive and puts it back where transcribers and reaper look for it', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    await storeFirst(session);
    await takeUpload(fixture, session, {});
    const shard = shardOf(session.sessionId);
    await fixture.raw.zrem(fixture.keys.open(shard), session.sessionId);
    await fixture.raw.zrem(fixture.keys.expiry(shard), session.sessionId);
    await beginUpload(fixture, session, { index: 1 });
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'live' });
    expect(await fixture.raw.zscore(fixture.keys.open(shard), session.sessionId)).toBe('0');
    expect(await fixture.dueInMs(session.sessionId)).toBeGreaterThan(190_000);
  });

  it('takes no further chunk of a session that is ending, but knows those it took', async () => {
    const ending = await fixture.open();
    await beginUpload(fixture, ending, { isFirst: true });
    await storeFirst(ending);
    await takeUpload(fixture, ending, { isFinal: true });
    expect(await beginUpload(fixture, ending, { index: 1 })).toEqual({ kind: 'over' });
    expect(await beginUpload(fixture, ending, { index: 0 })).toMatchObject({ kind: 'taken' });
    const expiring = await fixture.open();
    await beginUpload(fixture, expiring, { isFirst: true });
    await fixture.raw.hset(fixture.keys.session(expiring.sessionId), 'state', 'expiring');
    expect(await beginUpload(fixture, expiring, {})).toEqual({ kind: 'over' });
  });

  it('finds a session gone, and does not bring it back', async () => {
    const session = await fixture.open();
    await fixture.raw.del(fixture.keys.session(session.sessionId));
    expect(await beginUpload(fixture, session, { isFirst: true })).toEqual({ kind: 'gone' });
    expect(await fixture.raw.exists(fixture.keys.session(session.sessionId))).toBe(0);
  });
});
