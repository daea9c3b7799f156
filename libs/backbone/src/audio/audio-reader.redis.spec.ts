import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chunk,
  openFixture,
  recordWriter,
  startRedisUnderTest,
  upTo,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';

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

async function sessionWith(chunks: number) {
  const session = await fixture.open();
  const { writer } = recordWriter(fixture.gateway, session);
  for (const n of upTo(chunks)) writer.append(chunk(n));
  await writer.drained();
  return session.sessionId;
}

describe('reading audio', () => {
  it('brings what is new of many sessions of all shards in one go, each in order', async () => {
    const ids = await Promise.all(upTo(30).map((n) => sessionWith(n % 4)));
    const read = await fixture.transcriber.readAudio(ids.map((sessionId) => ({ sessionId, afterStreamId: '0-0' })));
    ids.forEach((sessionId, index) => {
      const numbers = (read.get(sessionId) ?? []).map((entry) =>
        entry.kind === 'audio' ? entry.pcm.readUInt32LE(0) : 0,
      );
      expect(numbers).toEqual(upTo((index + 1) % 4));
    });
  });

  it('goes on after a cursor and brings five seconds at the most', async () => {
    const sessionId = await sessionWith(60);
    const first = await fixture.transcriber.readAudio([{ sessionId, afterStreamId: '0-0' }]);
    expect(first.get(sessionId)).toHaveLength(50);
    const rest = await fixture.transcriber.readAudio([{ sessionId, afterStreamId: '80000-0' }]);
    expect(rest.get(sessionId)?.map(({ streamId }) => streamId)).toEqual(upTo(10).map((n) => `${(50 + n) * 1600}-0`));
  });

  it('brings nothing where nothing is: no sessions, a silent one, a deleted one', async () => {
    const silent = await sessionWith(0);
    const deleted = await sessionWith(1);
    await fixture.raw.del(fixture.keys.audio(deleted));
    expect(await fixture.transcriber.readAudio([])).toEqual(new Map());
    const cursors = [silent, deleted].map((sessionId) => ({ sessionId, afterStreamId: '0-0' }));
    expect(await fixture.transcriber.readAudio(cursors)).toEqual(new Map());
  });
});
