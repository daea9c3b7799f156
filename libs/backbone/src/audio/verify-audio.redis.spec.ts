import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFaultyProxy, type FaultyProxy } from '../../test/faulty-proxy.ts';
import { chunk, openFixture, recordWriter, upTo, type Fixture } from '../../test/fixture.ts';
import type { OpenedSession } from '../index.ts';

let redis: PrivateRedis;
let proxy: FaultyProxy;
/** Behind the proxy, which is cut instead of the master that fails over. */
let fixture: Fixture;
/** Not behind it. */
let elsewhere: Fixture;
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  proxy = await startFaultyProxy(redis.port);
  fixture = await openFixture({ url: proxy.url });
  elsewhere = await openFixture({ url: redis.url, keyPrefix: fixture.options.keyPrefix ?? '' });
});
afterEach(async () => {
  await Promise.all([fixture.close(), elsewhere.close()]);
  await proxy.stop();
});
afterAll(() => redis.stop());

async function writerWith(session: OpenedSession, chunks: number) {
  const recorded = recordWriter(fixture.gateway, session);
  for (const n of upTo(chunks)) recorded.writer.append(chunk(n));
  await recorded.writer.drained();
  return recorded;
}

/** Remembers a key as the replica has it; the returned function makes it the truth. */
async function replicaOf(key: string) {
  const older = await elsewhere.raw.dumpBuffer(key);
  return () => elsewhere.raw.restore(key, 60_000, older, 'REPLACE');
}

async function audioIds({ sessionId }: OpenedSession) {
  return (await elsewhere.raw.xrange(elsewhere.keys.audio(sessionId), '-', '+')).map(([id]) => id);
}

describe('a writer whose connection is back after a cut', () => {
  it('goes on where Redis holds everything that it had acknowledged', async () => {
    const session = await fixture.open();
    const { writer, told } = await writerWith(session, 3);
    for (const n of upTo(10)) {
      proxy.cut();
      writer.append(chunk(3 + n));
      await writer.drained();
    }
    expect(told).toMatchObject({ storedCount: 13, lost: [] });
    expect(await audioIds(session)).toEqual(['0-1', ...upTo(13).map((n) => `${n * 1600}-0`)]);
  });

  it('offers nothing and has the client resume where a failover lost audio: a later id would close the gap for good', async () => {
    const session = await fixture.open();
    const { writer, told } = await writerWith(session, 3);
    const failOver = await replicaOf(fixture.keys.audio(session.sessionId));
    for (const n of [4, 5, 6]) writer.append(chunk(n));
    await writer.drained();
    proxy.cut();
    writer.append(chunk(7));
    await failOver();
    await expect(writer.drained()).rejects.toMatchObject({ code: 'insufficient_state' });
    expect(told).toMatchObject({ storedCount: 6, lost: ['insufficient_state'] });
    expect(await audioIds(session)).toEqual(['0-1', '1600-0', '3200-0', '4800-0']);
    const resumed = await elsewhere.gateway.resumeSession(session.sessionId, session.resumeToken);
    expect(resumed.audio).toEqual({ sample: 4800, clientBytes: 9600 });
  });

  it('notices without having anything to offer, also that only a mark is missing', async () => {
    const session = await fixture.open();
    const { writer, told } = await writerWith(session, 2);
    const failOver = await replicaOf(fixture.keys.audio(session.sessionId));
    writer.mark('end');
    await writer.drained();
    await failOver();
    proxy.cut();
    await eventually(() => expect(told.lost).toEqual(['insufficient_state']));
  });

  it('is at an end where the audio is gone', async () => {
    const [noAudio, noRecord] = await Promise.all([fixture.open(), fixture.open()]);
    const recorded = [recordWriter(fixture.gateway, noAudio), recordWriter(fixture.gateway, noRecord)];
    await elsewhere.raw.del(fixture.keys.audio(noAudio.sessionId));
    await elsewhere.raw.del(fixture.keys.session(noRecord.sessionId));
    proxy.cut();
    for (const { told } of recorded) await eventually(() => expect(told.lost).toEqual(['resume_unrecoverable']));
  });

  it('has the client resume once more where a failover lost its resume', async () => {
    const session = await fixture.open();
    const failOver = await replicaOf(fixture.keys.session(session.sessionId));
    const resumed = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    const { told } = recordWriter(fixture.gateway, resumed, resumed.audio);
    await failOver();
    proxy.cut();
    await eventually(() => expect(told.lost).toEqual(['insufficient_state']));
    const again = await elsewhere.gateway.resumeSession(session.sessionId, resumed.resumeToken);
    expect(again.connection).toBe(3);
  });

  it('stops where a newer connection has the session', async () => {
    const session = await fixture.open();
    const { told } = await writerWith(session, 1);
    await elsewhere.gateway.resumeSession(session.sessionId, session.resumeToken);
    proxy.cut();
    await eventually(() => expect(told.lost).toEqual(['session_replaced']));
  });

  it('tells the sessions of a Redis that came back empty, and its gateway', async () => {
    let reconnections = 0;
    fixture.gateway.onReconnected(() => (reconnections += 1));
    const session = await fixture.open();
    const { told } = await writerWith(session, 2);
    await redis.restart();
    await eventually(() => expect(told.lost).toEqual(['resume_unrecoverable']));
    expect(reconnections).toBeGreaterThan(0);
    expect(await fixture.gateway.keepAlive([session.sessionId])).toEqual([session.sessionId]);
  });
});
