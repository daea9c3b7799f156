import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, freePort, startRedis, type PrivateRedis } from '@verbatim/testing';
import { commitOf, message, openFixture, type Fixture } from '../../test/fixture.ts';
import { openGatewaySide, openReaperSide, openTranscriberSide, type BackboneEvent } from '../index.ts';

let redis: PrivateRedis;
let fixture: Fixture;
let events: BackboneEvent[];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  events = [];
  fixture = await openFixture({ url: redis.url, onEvent: (event) => events.push(event) });
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

/** Two of each face that tells us of them. */
const CONNECTIONS = 4;

async function timed(work: () => Promise<unknown>) {
  const startedMs = performance.now();
  const error: unknown = await work().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { error, tookMs: performance.now() - startedMs };
}

describe('a side without its Redis', () => {
  it('does not open: within about two seconds it says where nobody is, without the password', async () => {
    const port = await freePort();
    for (const open of [openGatewaySide, openTranscriberSide, openReaperSide]) {
      const { error, tookMs } = await timed(() =>
        open({ nodeId: 'n1', redisUrl: `redis://user:s3cret@127.0.0.1:${port}` }),
      );
      expect(error).toMatchObject({
        code: 'storage_unavailable',
        message: `Redis at 127.0.0.1:${port} cannot be reached; is it running?`,
      });
      expect(tookMs).toBeLessThan(3000);
    }
  });

  it('does not open with a wrong password, and says so', async () => {
    const locked = await startRedis();
    const admin = await openFixture({ url: locked.url });
    await admin.raw.config('SET', 'requirepass', 'right');
    const { error } = await timed(() => openGatewaySide({ redisUrl: `redis://:wrong@127.0.0.1:${locked.port}` }));
    expect(error).toMatchObject({ code: 'storage_unavailable', message: expect.stringContaining('credentials') });
    await admin.close();
    await locked.stop();
  });

  it('fails each call at once while Redis is dead and goes on when it is back', async () => {
    await redis.kill();
    await eventually(() => expect(events.filter(({ type }) => type === 'disconnected')).toHaveLength(CONNECTIONS));
    const { error, tookMs } = await timed(() => fixture.gateway.ping());
    expect(error).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining(`127.0.0.1:${redis.port}`),
    });
    expect(tookMs).toBeLessThan(1000);
    await expect(fixture.open()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(fixture.transcriber.claim(1, ['ledger'])).rejects.toMatchObject({ code: 'storage_unavailable' });
    await redis.restart();
    await eventually(() => fixture.gateway.ping());
    await eventually(() => fixture.openClaimed());
    expect(events.filter(({ type }) => type === 'disconnected')).toHaveLength(CONNECTIONS);
  });

  it('finds a Redis that is frozen by its silence', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    const { error, tookMs } = await timed(() => fixture.gateway.ping());
    process.kill(redis.pid, 'SIGCONT');
    expect(error).toMatchObject({ code: 'storage_unavailable' });
    expect(tookMs).toBeLessThan(2500);
    await eventually(() => fixture.gateway.ping());
  });

  it('closes in time although Redis is frozen', async () => {
    const own = await openGatewaySide(fixture.options);
    process.kill(redis.pid, 'SIGSTOP');
    const { tookMs } = await timed(() => own.close());
    process.kill(redis.pid, 'SIGCONT');
    expect(tookMs).toBeLessThan(2500);
    await eventually(() => fixture.gateway.ping());
  });
});

describe('a side whose Redis forgot its scripts', () => {
  it('brings them again, in every call', async () => {
    const session = await fixture.openClaimed();
    for (const use of [
      () => fixture.open(),
      () => fixture.transcriber.claim(10, ['ledger']),
      () => fixture.transcriber.renewLeases([session]),
      () => fixture.transcriber.commit(commitOf(session, [message(1)])),
      () => fixture.gateway.keepAlive([session.sessionId]),
      () => fixture.gateway.detach(session.sessionId, 1),
      () => fixture.gateway.resumeSession(session.sessionId, session.resumeToken),
      () => fixture.transcriber.release(session.sessionId, session.fence, 'handed_over'),
    ]) {
      await fixture.raw.script('FLUSH');
      await use();
    }
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'live', lastSeq: 1 });
  });
});
