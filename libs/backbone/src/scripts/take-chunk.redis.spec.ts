import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chunk,
  commitOf,
  message,
  openFixture,
  recordWriter,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { beginUpload, takeUpload } from '../../test/uploads.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture({ ...redis, resumeWindowMs: 240_000, leaseMs: 60_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

describe('take-chunk', () => {
  it('moves index, decoder and position on together, and lets the session wait for the next chunk', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    await store(session, 1);
    expect(await takeUpload(fixture, session, { decoder: 'D0' })).toBe('taken');
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'detached' });
    expect(await fixture.dueInMs(session.sessionId)).toBeLessThanOrEqual(241_000);
    expect(await beginUpload(fixture, session, { index: undefined, digest: 'b' })).toMatchObject({
      ...{ kind: 'begun', index: 1, decoder: 'D0', stored: { sample: 1600, clientBytes: 3200 } },
    });
  });

  it('takes a chunk once when two replicas have stored it at the same moment', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    await beginUpload(fixture, session, {});
    await Promise.all([store(session, 1), store(session, 1)]);
    const results = await Promise.all([takeUpload(fixture, session, {}), takeUpload(fixture, session, {})]);
    expect(results.sort()).toEqual(['already', 'taken']);
    expect(await takeUpload(fixture, session, { digest: 'other' })).toBe('other_bytes');
  });

  it('takes nothing when Redis holds less or more audio than was stored, as after a failover', async () => {
    const session = await fixture.open();
    await beginUpload(fixture, session, { isFirst: true });
    expect(await takeUpload(fixture, session, {})).toBe('moved');
    await store(session, 1);
    await store(session, 2, 1);
    expect(await takeUpload(fixture, session, {})).toBe('moved');
    expect(await takeUpload(fixture, session, { index: 1, stored: { sample: 3200, clientBytes: 6400 } })).toBe('moved');
    expect(await takeUpload(fixture, session, { stored: { sample: 3200, clientBytes: 6400 } })).toBe('taken');
  });

  it('puts the end mark of a final chunk behind its audio, once', async () => {
    const session = await fixture.openClaimed();
    await beginUpload(fixture, session, { isFirst: true });
    await store(session, 1);
    expect(await takeUpload(fixture, session, { isFinal: true })).toBe('taken');
    expect(await takeUpload(fixture, session, { isFinal: true })).toBe('already');
    const read = await fixture.transcriber.readAudio([{ sessionId: session.sessionId, afterStreamId: '0-1' }]);
    expect(read.get(session.sessionId)).toMatchObject([
      { kind: 'audio', endSample: 1600 },
      { kind: 'control', atSample: 1600, control: 'end' },
    ]);
  });

  it('comes too late for a session that the reaper or a commit has ended', async () => {
    for (const state of ['expiring', 'ended']) {
      const session = await fixture.open();
      await beginUpload(fixture, session, { isFirst: true });
      await store(session, 1);
      await fixture.raw.hset(fixture.keys.session(session.sessionId), 'state', state);
      expect(await takeUpload(fixture, session, {})).toBe('over');
    }
  });

  it('finds a session gone whose record or audio was deleted', async () => {
    const noAudio = await fixture.open();
    await beginUpload(fixture, noAudio, { isFirst: true });
    await fixture.raw.del(fixture.keys.audio(noAudio.sessionId));
    const noRecord = await fixture.open();
    await beginUpload(fixture, noRecord, { isFirst: true });
    await fixture.raw.del(fixture.keys.session(noRecord.sessionId));
    for (const session of [noAudio, noRecord]) expect(await takeUpload(fixture, session, {})).toBe('gone');
    expect(await fixture.raw.exists(fixture.keys.session(noRecord.sessionId))).toBe(0);
  });

  it('is found by the transcriber although commits have trimmed the audio before', async () => {
    const session = await fixture.openClaimed();
    await beginUpload(fixture, session, { isFirst: true });
    await store(session, 1);
    await store(session, 2, 1);
    await fixture.transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 3200 }));
    expect(await takeUpload(fixture, session, { stored: { sample: 3200, clientBytes: 6400 } })).toBe('taken');
  });
});

/** Stores the n-th 100 ms, behind `after` of them. */
async function store(session: Parameters<typeof recordWriter>[1], n: number, after = 0): Promise<void> {
  const { writer } = recordWriter(fixture.gateway, session, { sample: after * 1600, clientBytes: after * 3200 });
  writer.append(chunk(n));
  await writer.drained();
  writer.close();
}
