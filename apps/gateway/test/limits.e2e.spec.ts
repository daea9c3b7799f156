import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import type { NativeLimits } from '../src/native/limits.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('the bounds of a connection', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  });

  afterEach(() => gateway.close());

  afterAll(async () => {
    await transcriber.stop();
    await redis.stop();
  });

  async function open(limits: Partial<NativeLimits>, env: Record<string, unknown> = {}): Promise<void> {
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix, limits, env });
  }

  it('closes with 4106 after silence; keepalive holds the connection open', async () => {
    await open({ idleTimeoutMs: 600 });
    const silent = connectNative(gateway.url);
    const living = connectNative(gateway.url);
    const timer = setInterval(() => living.json({ type: 'keepalive' }), 100);
    await expect(silent.closed).resolves.toEqual({ code: 4106, reason: 'idle_timeout' });
    clearInterval(timer);
    expect(living.all('error')).toEqual([]);
    living.json({ type: 'end' });
    await expect(living.closed).resolves.toMatchObject({ code: 1000 });
  });

  it('refuses connections past the limit with 4100 and a time to come back', async () => {
    await open({ maxConnections: 1 });
    const only = connectNative(gateway.url);
    await only.first('session_started');
    const tooMuch = connectNative(gateway.url);
    await expect(tooMuch.closed).resolves.toEqual({ code: 4100, reason: 'overloaded' });
    expect(tooMuch.messages).toEqual([
      expect.objectContaining({ code: 'overloaded', retryable: true, retry_after_ms: expect.any(Number) }),
    ]);
    only.json({ type: 'end' });
    await only.closed;
    const next = await eventually(async () => {
      const client = connectNative(gateway.url);
      await client.first('session_started');
      return client;
    });
    next.socket.terminate();
  });

  it('closes a connection that answers no ping with 4202 and cuts it', async () => {
    await open({ pingIntervalMs: 200, pongTimeoutMs: 300, closeTimeoutMs: 300 });
    const received: Buffer[] = [];
    const socket = connect(gateway.port, '127.0.0.1', () =>
      socket.write(
        'GET /stt/stream HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ),
    );
    socket.on('data', (data) => received.push(data));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(received).toString('latin1')).toContain('"code":"ping_timeout"');
    await eventually(() => {
      const line = gateway.logLines.find((text) => text.includes('connection_closed'));
      expect(line).toContain('"code":4202');
    });
  });

  it('drops interims and then closes with 4201 when a client does not read; its neighbour gets everything', async () => {
    const wordyPrefix = uniquePrefix();
    // Words of 20 kB fill the kernel's buffers (some megabytes on loopback) within a few dozen frames.
    const phrase = 'x'.repeat(20_000);
    const wordy = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix: wordyPrefix, phrase });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix: wordyPrefix, limits: { closeTimeoutMs: 300 } });
    try {
      const deaf = connectNative(gateway.url);
      const neighbour = connectNative(gateway.url);
      await deaf.first('session_started');
      deaf.socket.pause();
      deaf.frames(1, 400);
      // The line is written when the socket is gone. It answers no closing handshake: ws alone would hold it for 30 s.
      const line = await eventually(
        () => {
          const closed = gateway.logLines.find((text) => text.includes('"code":4201'));
          expect(closed).toBeDefined();
          return JSON.parse(closed ?? '') as { interims_dropped: number };
        },
        { timeoutMs: 20_000 },
      );
      expect(line.interims_dropped).toBeGreaterThan(0);
      neighbour.frames(1, 12);
      neighbour.json({ type: 'end' });
      await expect(neighbour.closed).resolves.toMatchObject({ code: 1000 });
      expect(neighbour.finalsText()).toBe(words(1, 12).replaceAll('w', `${phrase}w`));
      deaf.socket.terminate();
    } finally {
      await wordy.stop();
    }
  }, 40_000);

  it('drains: announces, stores and acknowledges what was taken, closes with 4200, and nothing is lost elsewhere', async () => {
    await open({}, { STT_DRAIN_MS: 1000 });
    // Enough of them that the drain lasts: each is closed in its own tenth of it.
    const others = Array.from({ length: 9 }, () => connectNative(gateway.url));
    await Promise.all(others.map((other) => other.first('session_started')));
    const client = connectNative(gateway.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 7);
    await client.first('ack');
    const draining = gateway.close();
    await client.first('go_away');
    const { status } = await fetch(`${gateway.url}/readyz`);
    expect(status).toBe(503);
    const late = connectNative(gateway.url);
    await expect(late.closed).resolves.toEqual({ code: 4200, reason: 'go_away' });
    await expect(client.closed).resolves.toEqual({ code: 4200, reason: 'go_away' });
    expect(client.all('ack').at(-1)?.audio_bytes).toBe(7 * 3200);
    for (const other of others) await expect(other.closed).resolves.toMatchObject({ code: 4200 });
    await draining;

    await open({});
    const again = connectNative(gateway.url, `session_id=${session_id}&resume_token=${resume_token}`);
    expect((await again.first('session_resumed')).audio_bytes).toBe(7 * 3200);
    again.frames(8, 9);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.finalsText()).toBe(words(1, 9));
  });

  it('tells a client when nobody transcribes, and when to come back', async () => {
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix: uniquePrefix() });
    const client = connectNative(gateway.url);
    await expect(client.closed).resolves.toEqual({ code: 4103, reason: 'provider_unavailable' });
    expect(client.messages).toEqual([expect.objectContaining({ retry_after_ms: 2000, retryable: true })]);
  });
});
