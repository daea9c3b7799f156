import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFaultyProxy } from '../../test/faulty-proxy.ts';
import {
  CHUNK_BYTES,
  CHUNK_SAMPLES,
  chunk,
  commitOf,
  message,
  openFixture,
  recordWriter,
  upTo,
  type Fixture,
} from '../../test/fixture.ts';
import type { BackboneEvent } from '../index.ts';

let redis: PrivateRedis;
let fixture: Fixture;
let events: BackboneEvent[];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  events = [];
  fixture = await openFixture({ url: redis.url, backlogCapSamples: 32_000, onEvent: (event) => events.push(event) });
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

async function storedNumbers(sessionId: SessionId): Promise<number[]> {
  const entries = await fixture.raw.xrangeBuffer(fixture.keys.audio(sessionId), '(0-1', '+');
  for (const [id, fields] of entries)
    expect(Number(id.toString().split('-')[0])).toBe((fields[1]?.readUInt32LE(0) ?? 0) * 1600);
  return entries.map(([, fields]) => fields[1]?.readUInt32LE(0) ?? 0);
}

describe('the audio writer', () => {
  it('stores each entry under its end offset and tells how far Redis holds the audio', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    for (const n of upTo(5)) writer.append(chunk(n));
    writer.mark('finalize');
    writer.mark('end');
    await writer.drained();
    const entries = await fixture.raw.xrange(fixture.keys.audio(session.sessionId), '-', '+');
    expect(entries.map(([id]) => id)).toEqual([
      '0-1',
      '1600-0',
      '3200-0',
      '4800-0',
      '6400-0',
      '8000-0',
      '8000-2',
      '8000-3',
    ]);
    expect(entries.at(-1)?.[1]).toEqual(['c', 'end', 'b', '16000']);
    expect(told).toEqual({ storedSample: 8000, storedCount: 5, pressure: [], lost: [] });
  });

  it('leaves no gap and no double when its connection is killed again and again', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    let kills = 0;
    for (let n = 1; n <= 1200; n += 1) {
      writer.append(chunk(n));
      if (n % 60 !== 0) continue;
      kills += Number(await fixture.raw.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')) > 0 ? 1 : 0;
      await eventually(() => expect(told.storedCount).toBeGreaterThan(n - 30));
    }
    await writer.drained();
    expect(kills).toBeGreaterThanOrEqual(15);
    expect(await storedNumbers(session.sessionId)).toEqual(upTo(1200));
    expect(told).toMatchObject({ storedCount: 1200, lost: [] });
  });

  it('recognises its own entries when replies are lost', async () => {
    const proxy = await startFaultyProxy(redis.port);
    const behind = await openFixture({ url: proxy.url, keyPrefix: fixture.options.keyPrefix ?? '' });
    const session = await behind.open();
    const { writer, told } = recordWriter(behind.gateway, session);
    await fixture.raw.config('RESETSTAT');
    for (let n = 1; n <= 1000; n += 1) {
      writer.append(chunk(n));
      if (n % 50 !== 0) continue;
      await proxy.loseReplies();
      await eventually(() => expect(told.storedCount).toBeGreaterThan(n - 40));
    }
    await writer.drained();
    expect(await storedNumbers(session.sessionId)).toEqual(upTo(1000));
    expect(told).toMatchObject({ storedCount: 1000, lost: [] });
    const refused = /errorstat_ERR:count=(\d+)/.exec(await fixture.raw.info('errorstats'))?.[1];
    expect(Number(refused)).toBeGreaterThan(5);
    await behind.close();
    await proxy.stop();
  });

  it('does not revive a deleted stream: the session is lost', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    await writer.drained();
    await fixture.raw.flushall();
    writer.append(chunk(2));
    await expect(writer.drained()).rejects.toMatchObject({ code: 'resume_unrecoverable' });
    expect(told.lost).toEqual(['resume_unrecoverable']);
    writer.append(chunk(3));
    expect(await fixture.raw.exists(fixture.keys.audio(session.sessionId))).toBe(0);
  });

  it('takes the same audio of another connection as its own and gives up at different audio', async () => {
    const session = await fixture.open();
    const older = recordWriter(fixture.gateway, session);
    for (const n of upTo(3)) older.writer.append(chunk(n));
    await older.writer.drained();
    const newer = recordWriter(fixture.gateway, { sessionId: session.sessionId, connection: 2 });
    newer.writer.append(chunk(1));
    newer.writer.append(chunk(2));
    await newer.writer.drained();
    newer.writer.append({ ...chunk(3), pcm: Buffer.alloc(CHUNK_BYTES, 9) });
    await expect(newer.writer.drained()).rejects.toMatchObject({ code: 'insufficient_state' });
    expect(newer.told).toMatchObject({ storedCount: 2, lost: ['insufficient_state'] });
    expect(await storedNumbers(session.sessionId)).toEqual([1, 2, 3]);
  });

  it('keeps the marks of two connections at one sample apart', async () => {
    const session = await fixture.open();
    const first = recordWriter(fixture.gateway, session);
    first.writer.append(chunk(1));
    first.writer.mark('finalize');
    await first.writer.drained();
    const resumed = await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    const second = recordWriter(fixture.gateway, resumed, resumed.audio);
    second.writer.mark('end');
    await second.writer.drained();
    const entries = await fixture.transcriber.readAudio([{ sessionId: session.sessionId, afterStreamId: '1600-0' }]);
    expect(entries.get(session.sessionId)).toMatchObject([{ control: 'finalize' }, { control: 'end' }]);
    expect(second.told.lost).toEqual([]);
  });

  it('reports pressure while Redis is frozen and drops nothing', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    process.kill(redis.pid, 'SIGSTOP');
    for (const n of upTo(19)) writer.append(chunk(n));
    expect(told.pressure).toEqual([]);
    for (const n of upTo(21)) writer.append(chunk(19 + n));
    expect(told.pressure).toEqual([true]);
    process.kill(redis.pid, 'SIGCONT');
    await writer.drained();
    expect(told.pressure).toEqual([true, false]);
    expect(await storedNumbers(session.sessionId)).toEqual(upTo(40));
  });

  it('reports pressure while too much audio waits for the transcriber', async () => {
    const session = await fixture.openClaimed();
    const { writer, told } = recordWriter(fixture.gateway, session);
    for (const n of upTo(50)) {
      writer.append(chunk(n));
      await writer.drained();
    }
    await eventually(() => expect(told.pressure).toEqual([true]));
    await fixture.transcriber.commit(commitOf(session, [message(1)], { releaseBeforeSample: 45 * 1600 }));
    await eventually(() => expect(told.pressure).toEqual([true, false]));
    expect(told.storedCount).toBe(50);
  });

  it('gives up what is not stored when it is closed, and calls nobody back', async () => {
    const session = await fixture.open();
    const { writer, told } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    const drained = writer.drained();
    writer.close();
    await expect(drained).rejects.toMatchObject({ code: 'storage_unavailable' });
    await fixture.gateway.ping();
    expect(told).toMatchObject({ storedCount: 0, lost: [] });
  });

  it('is flushed before its side closes', async () => {
    const session = await fixture.open();
    const own = await openFixture({ url: redis.url, keyPrefix: fixture.options.keyPrefix ?? '' });
    const { writer } = recordWriter(own.gateway, session);
    for (const n of upTo(30)) writer.append(chunk(n));
    await own.close();
    expect(await storedNumbers(session.sessionId)).toEqual(upTo(30));
  });

  it('looks before it goes on from where it was told: Redis may have lost audio since the resume', async () => {
    const session = await fixture.open();
    const { told: first, writer } = recordWriter(fixture.gateway, session);
    writer.append(chunk(1));
    await writer.drained();
    writer.close();
    const told = { sample: 2 * CHUNK_SAMPLES, clientBytes: 2 * CHUNK_BYTES };
    const resumed = recordWriter(fixture.gateway, session, told);
    resumed.writer.append(chunk(3));
    await eventually(() => expect(resumed.told.lost).toEqual(['insufficient_state']));
    expect(first.storedCount).toBe(1);
    expect(await fixture.raw.xlen(fixture.keys.audio(session.sessionId))).toBe(2);
  });
});
