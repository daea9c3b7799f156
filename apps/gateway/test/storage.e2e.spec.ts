import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

/** Shorter than the product's, so that a test need not wait ten seconds; the order is what matters. */
const LIMITS = { degradedAfterMs: 200, giveUpAfterMs: 8000, keepAliveIntervalMs: 10_000 };

async function send(port: number, command: 'FLUSHALL' | 'SAVE'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', () => socket.end(resolve));
  });
}

describe('Redis that goes away and comes back', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  async function open(limits: Partial<typeof LIMITS> = {}, appendOnly = true): Promise<void> {
    redis = await startRedis(appendOnly ? { appendOnly, args: ['--appendfsync', 'always'] } : {});
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix, limits: { ...LIMITS, ...limits } });
  }

  async function close(): Promise<void> {
    await gateway.close();
    await transcriber.stop();
    await redis.stop();
  }

  /** The same Redis with a gateway of other limits. */
  async function reopen(limits: Partial<typeof LIMITS>): Promise<void> {
    await gateway.close();
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix, limits: { ...LIMITS, ...limits } });
  }

  beforeEach(() => open());

  afterEach(() => close());

  it('loses and doubles nothing when Redis is killed in mid-session and restarted, and says so meanwhile', async () => {
    const client = connectNative(gateway.url);
    client.frames(1, 15);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 10)));
    await redis.kill();
    client.frames(16, 20);
    const degraded = await eventually(() => {
      const [status] = client.all('session_status');
      expect(status).toBeDefined();
      return status;
    });
    expect(degraded).toMatchObject({ state: 'degraded', provider: 'ledger' });
    client.frames(21, 60);
    await redis.restart();
    await eventually(() => expect(client.all('session_status').at(-1)).toMatchObject({ state: 'ok' }), {
      timeoutMs: 10_000,
    });
    client.frames(61, 70);
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    expect(client.finalsText()).toBe(words(1, 70));
    expect(client.all('ack').at(-1)?.audio_bytes).toBe(70 * 3200);
  }, 30_000);

  it('gives up with 4104 when Redis stays away, and the session goes on elsewhere later', async () => {
    await reopen({ degradedAfterMs: 100, giveUpAfterMs: 600 });
    const client = connectNative(gateway.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 5);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(5 * 3200));
    await redis.kill();
    client.frames(6, 8);
    await expect(client.closed).resolves.toEqual({ code: 4104, reason: 'storage_unavailable' });
    const error = client.all('error')[0];
    expect(error).toMatchObject({ retryable: true, retry_after_ms: expect.any(Number) });
    expect(error?.error).not.toMatch(/127\.0\.0\.1/);
    await redis.restart();

    let token = resume_token;
    const again = await eventually(async () => {
      const attempt = connectNative(gateway.url, `session_id=${session_id}&resume_token=${token}`);
      await Promise.race([attempt.closed, attempt.first('session_resumed').catch(() => undefined)]);
      const [resumed] = attempt.all('session_resumed');
      // Redis may be back for one of our two connections only: then the token is used up, and the client has the next one.
      token = resumed?.resume_token ?? token;
      attempt.frames((resumed?.audio_bytes ?? 0) / 3200 + 1, 12);
      attempt.json({ type: 'end' });
      await expect(attempt.closed).resolves.toMatchObject({ code: 1000 });
      return attempt;
    });
    expect(again.finalsText()).toBe(words(1, 12));
  }, 30_000);

  it('refuses a new session with 4104 within two seconds while Redis is away', async () => {
    await redis.kill();
    const beganAtMs = performance.now();
    const client = connectNative(gateway.url);
    await expect(client.closed).resolves.toEqual({ code: 4104, reason: 'storage_unavailable' });
    expect(performance.now() - beganAtMs).toBeLessThan(2000);
    await redis.restart();
  });

  it('refuses at once what comes while Redis is known to be away, with a time to come back', async () => {
    await redis.kill();
    await expect(connectNative(gateway.url).closed).resolves.toMatchObject({ code: 4104 });
    const beganAtMs = performance.now();
    const clients = Array.from({ length: 50 }, () => connectNative(gateway.url));
    const closes = await Promise.all(clients.map((client) => client.closed));
    expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([4104]));
    expect(performance.now() - beganAtMs).toBeLessThan(1000);
    for (const client of clients) expect(client.all('error')[0]?.retry_after_ms).toBeGreaterThanOrEqual(1000);
    await redis.restart();
  });

  it('stays ready while Redis is away, as all replicas would go at once, and reports it in /health', async () => {
    await redis.kill();
    await eventually(async () => expect((await fetch(`${gateway.url}/health`)).status).toBe(503));
    const health = (await (await fetch(`${gateway.url}/health`)).json()) as object;
    expect(health).toMatchObject({ status: 'down', redis: { status: 'down', ping_ms: null } });
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    const stats = await fetch(`${gateway.url}/streaming/stats`);
    expect(stats.status).toBe(503);
    expect(stats.headers.get('retry-after')).toMatch(/^([1-9]|10)$/);
    expect(await stats.json()).toMatchObject({
      code: 'storage_unavailable',
      request_id: stats.headers.get('x-request-id'),
    });
    await redis.restart();
  });

  it('ends with a true answer when everything stored is gone', async () => {
    const client = connectNative(gateway.url);
    await client.first('session_started');
    client.frames(1, 5);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(5 * 3200));
    await send(redis.port, 'FLUSHALL');
    client.frames(6, 10);
    await expect(client.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    expect(client.all('error')[0]?.error).toContain('stored state of this session was lost');
  }, 30_000);

  it('tells a client that sends nothing as well that its session is gone, and what it has', async () => {
    await reopen({ keepAliveIntervalMs: 300 });
    const client = connectNative(gateway.url);
    client.frames(1, 12);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(12 * 3200));
    await eventually(() => expect(client.finalsText()).toBe(words(1, 10)));
    await send(redis.port, 'FLUSHALL');
    await expect(client.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    expect(client.all('error')[0]?.error).toContain('finals up to seq 1 were delivered');
  }, 30_000);

  it('sends the client back to what Redis still holds when it lost audio that it had acknowledged', async () => {
    await close();
    await open({}, false);
    const client = connectNative(gateway.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 12);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(12 * 3200));
    await send(redis.port, 'SAVE');
    client.frames(13, 25);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(25 * 3200));
    await eventually(() => expect(client.finalsText()).toBe(words(1, 20)));
    // It comes back as it was in the middle, as a replica does that was behind its master.
    await redis.kill();
    await redis.restart();
    await expect(client.closed).resolves.toEqual({ code: 4203, reason: 'insufficient_state' });

    const again = connectNative(gateway.url, `session_id=${session_id}&resume_token=${resume_token}&last_seq=2`);
    const { audio_bytes } = await again.first('session_resumed');
    expect(audio_bytes).toBe(12 * 3200);
    again.frames(13, 30);
    again.json({ type: 'end' });
    await expect(again.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    expect(client.finalsText() + ' ' + again.finalsText()).toBe(words(1, 30));
  }, 30_000);

  it('tells a silent client at once when Redis comes back without what it held', async () => {
    await close();
    await open({}, false);
    const client = connectNative(gateway.url);
    const { session_id, resume_token } = await client.first('session_started');
    await redis.kill();
    await redis.restart();
    // Far sooner than the next regular look, ten seconds away.
    await expect(client.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    const again = connectNative(gateway.url, `session_id=${session_id}&resume_token=${resume_token}`);
    await expect(again.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    expect(again.all('session_resumed')).toEqual([]);
  }, 30_000);
});
