import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitOf, message, openFixture, startRedisUnderTest } from '../../test/fixture.ts';
import type { Fixture, RedisUnderTest } from '../../test/fixture.ts';
import { beginUpload, takeUpload } from '../../test/uploads.ts';

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

/** Chunks without a whole 100 ms: index and answers move, audio does not. */
async function takeEmpty(session: Parameters<typeof takeUpload>[1], index: number): Promise<void> {
  await beginUpload(fixture, session, { isFirst: index === 0, index });
  await takeUpload(fixture, session, { index, stored: { sample: 0, clientBytes: 0 } });
}

describe('answer-chunk', () => {
  it('tells each final in one answer, and the same again to whoever asks again', async () => {
    const session = await fixture.openClaimed();
    const answer = (index: number) => fixture.gateway.answerChunk(session.sessionId, index);
    await takeEmpty(session, 0);
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2)]));
    expect(await answer(0)).toEqual({ afterSeq: 0, upToSeq: 2 });
    await takeEmpty(session, 1);
    await fixture.transcriber.commit(commitOf(session, [message(3)]));
    expect(await answer(0)).toEqual({ afterSeq: 0, upToSeq: 2 });
    expect(await answer(1)).toEqual({ afterSeq: 2, upToSeq: 3 });
    expect(await beginUpload(fixture, session, { index: 2 })).toMatchObject({ kind: 'begun', toldSeq: 3 });
  });

  it('gives two answers at the same moment no final twice', async () => {
    const session = await fixture.openClaimed();
    await takeEmpty(session, 0);
    await takeEmpty(session, 1);
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    const ranges = await Promise.all([0, 1].map((index) => fixture.gateway.answerChunk(session.sessionId, index)));
    expect(ranges.filter((range) => range !== undefined && range.upToSeq > range.afterSeq)).toHaveLength(1);
  });

  it('remembers sixteen answers and gives an older chunk none of the newer text', async () => {
    const session = await fixture.openClaimed();
    for (let index = 0; index < 20; index += 1) {
      await takeEmpty(session, index);
      await fixture.transcriber.commit(commitOf(session, [message(index + 1)]));
      await fixture.gateway.answerChunk(session.sessionId, index);
    }
    expect(await fixture.gateway.answerChunk(session.sessionId, 5)).toEqual({ afterSeq: 5, upToSeq: 6 });
    expect(await fixture.gateway.answerChunk(session.sessionId, 3)).toEqual({ afterSeq: 20, upToSeq: 20 });
    const fields = await fixture.raw.hkeys(fixture.keys.session(session.sessionId));
    expect(fields.filter((field) => field.startsWith('chunkAnswer:'))).toHaveLength(16);
  });

  it('has no answer for a session that is gone', async () => {
    const session = await fixture.open();
    await fixture.raw.del(fixture.keys.session(session.sessionId));
    expect(await fixture.gateway.answerChunk(session.sessionId, 0)).toBeUndefined();
    expect(await fixture.raw.exists(fixture.keys.session(session.sessionId))).toBe(0);
  });
});
