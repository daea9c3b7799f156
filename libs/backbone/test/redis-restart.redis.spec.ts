import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { chunk, commitOf, message, openFixture, recordFollowing, recordWriter, upTo, type Fixture } from './fixture.ts';

const CHUNKS = 400;
const FINALS = 80;

let redis: PrivateRedis;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedis({ appendOnly: true });
  fixture = await openFixture({ url: redis.url, leaseMs: 60_000 });
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

/** Commits as a transcriber does: the same commit again until it is answered. */
async function commitUntilAnswered(request: Parameters<Fixture['transcriber']['commit']>[0]): Promise<void> {
  const answer = () => fixture.transcriber.commit(request);
  expect(await eventually(answer, { timeoutMs: 15_000 })).toBe('committed');
}

describe('a Redis that is killed and comes back with its append-only file', () => {
  it('costs nothing: audio and text go on in order, no gap, no double', async () => {
    const session = await fixture.openClaimed();
    const { writer, told: audio } = recordWriter(fixture.gateway, session);
    const { told: text } = await recordFollowing(fixture.gateway, session.sessionId);

    const append = async () => {
      for (const n of upTo(CHUNKS)) {
        writer.append(chunk(n));
        if (n % 10 === 0)
          await eventually(() => expect(audio.storedCount).toBeGreaterThan(n - 60), { timeoutMs: 15_000 });
      }
      await writer.drained();
    };
    const commit = async () => {
      for (const n of upTo(FINALS)) {
        await commitUntilAnswered(commitOf(session, [message(n)]));
        await eventually(() => expect(audio.storedCount).toBeGreaterThanOrEqual((n * CHUNKS) / FINALS), {
          timeoutMs: 15_000,
        });
      }
    };
    const disturb = async () => {
      for (const share of [0.2, 0.5, 0.8]) {
        await eventually(() => expect(audio.storedCount).toBeGreaterThan(CHUNKS * share), { timeoutMs: 15_000 });
        await redis.restart();
      }
    };
    await Promise.all([append(), commit(), disturb()]);

    const ids = (await fixture.raw.xrange(fixture.keys.audio(session.sessionId), '(0-1', '+')).map(([id]) => id);
    expect(ids).toEqual(upTo(CHUNKS).map((n) => `${n * 1600}-0`));
    expect(
      (await fixture.gateway.readLog(session.sessionId, 0 as typeof session.lastSeq)).map(({ seq }) => seq),
    ).toEqual(upTo(FINALS));
    await eventually(() => expect(text.durable).toEqual(upTo(FINALS)));
    expect(audio.lost).toEqual([]);
  }, 60_000);
});
