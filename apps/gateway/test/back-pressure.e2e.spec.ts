import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

/** More than the minute of audio that may wait in Redis for a transcriber. */
const FRAMES = 1000;
const BACKLOG_CAP_FRAMES = 600;
/** Redis is asked how much waits once in 5 s of audio; in a burst like this one, more is on its way meanwhile. */
const SLACK_FRAMES = 200;

describe('audio faster than it can be recognised', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    // Pings far more often than in the product: holding a client back must not look like a client that is gone.
    const limits = { pingIntervalMs: 100, slowPongMs: 100, pongTimeoutMs: 200 };
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix, limits });
  });

  afterAll(async () => {
    await gateway.close();
    await transcriber.stop();
    await redis.stop();
  });

  it('holds the client back at the cap, says so, and loses nothing when recognition goes on', async () => {
    const client = connectNative(gateway.url);
    await client.first('session_started');
    transcriber.stall();
    client.frames(1, FRAMES);
    const status = await client.first('session_status');
    expect(status).toMatchObject({ state: 'degraded', reason: expect.stringContaining('recognition is behind') });
    const heldBytes = client.all('ack').at(-1)?.audio_bytes ?? 0;
    expect(heldBytes).toBeGreaterThan(BACKLOG_CAP_FRAMES * 3200);
    expect(heldBytes).toBeLessThanOrEqual((BACKLOG_CAP_FRAMES + SLACK_FRAMES) * 3200);

    // Several times the pong's time-out: the connection stands, and nothing more is taken.
    const heldSinceMs = performance.now();
    await eventually(() => expect(performance.now() - heldSinceMs).toBeGreaterThan(1000));
    expect(client.all('ack').at(-1)?.audio_bytes).toBe(heldBytes);
    expect(client.all('error')).toEqual([]);

    transcriber.goOn();
    // Told at the next round; a session that ends before it is told no more.
    await eventually(() => expect(client.all('session_status').at(-1)).toMatchObject({ state: 'ok' }));
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    expect(client.finalsText()).toBe(words(1, FRAMES));
  }, 60_000);
});
