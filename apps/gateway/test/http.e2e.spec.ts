import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { healthSchema, probeSchema, sessionViewSchema, statsSchema } from '@verbatim/protocol';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('the gateway over HTTP', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let first: TestGateway;
  let second: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    first = await openTestGateway({ redisUrl: redis.url, keyPrefix });
    second = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });

  afterAll(async () => {
    await first.close();
    await second.close();
    await transcriber.stop();
    await redis.stop();
  });

  /** Sends bytes as they are and returns all that comes back. */
  async function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(first.port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => (answer += data.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  it.each(['/livez', '/readyz', '/startupz'])('answers %s with 200 and its checks', async (path) => {
    const response = await fetch(first.url + path);
    expect(response.status).toBe(200);
    expect(probeSchema.parse(await response.json()).status).toBe('ok');
  });

  it('reports Redis and each provider in /health', async () => {
    const response = await fetch(`${first.url}/health`);
    expect(response.status).toBe(200);
    const health = healthSchema.parse(await response.json());
    expect(health).toMatchObject({
      status: 'ok',
      transcribers: 1,
      providers: { ledger: { status: 'ok', transcribers: 1 } },
    });
  });

  it('reports the same statistics on every replica, whichever served the session', async () => {
    const client = connectNative(first.url);
    client.frames(1, 10);
    await client.first('ack');
    await eventually(
      async () => {
        const bodies = await Promise.all(
          [first, second].map(async ({ url }) =>
            statsSchema.parse(await (await fetch(`${url}/streaming/stats`)).json()),
          ),
        );
        for (const body of bodies) {
          expect(body.active_sessions).toBe(1);
          expect(body.audio_seconds.received).toBe(1);
          expect(body.reliability.resumes).toEqual({ recovered: 0, refused: 0 });
          expect(body.workers.map(({ role }) => role).sort()).toEqual(['gateway', 'gateway', 'transcriber']);
        }
        expect(bodies[0]?.providers).toEqual(bodies[1]?.providers);
        expect(Object.keys(bodies[0]?.providers ?? {})).toEqual(['ledger']);
      },
      { timeoutMs: 10_000, everyMs: 100 },
    );
    client.json({ type: 'end' });
    await client.closed;
    await eventually(
      async () => {
        const stats = statsSchema.parse(await (await fetch(`${second.url}/streaming/stats`)).json());
        expect(stats.reliability.closes).toMatchObject({ '1000': 1 });
      },
      { timeoutMs: 10_000, everyMs: 100 },
    );
  });

  it('shows state and transcript of a session on every replica, and keeps them from caches', async () => {
    const client = connectNative(first.url);
    const { session_id, epoch } = await client.first('session_started');
    const read = async (url: string) => fetch(`${url}/stt/sessions/${session_id}`);
    expect(await (await read(second.url)).json()).toEqual({
      ...{ session_id, epoch, state: 'live', language: 'en', provider: 'ledger', last_seq: 0 },
      ...{ transcript: '', segments: [] },
    });
    client.frames(1, 15);
    client.json({ type: 'end' });
    await client.closed;
    for (const { url } of [first, second]) {
      const response = await read(url);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const view = sessionViewSchema.parse(await response.json());
      expect(view).toMatchObject({ state: 'ended', reason: 'client_end', last_seq: 3, transcript: words(1, 15) });
      expect(view.segments.map(({ text }) => text)).toEqual([words(1, 10), words(11, 15)]);
    }
  });

  it.each(['nonsense', `s00-${'0'.repeat(32)}`, `s99-${'f'.repeat(32)}`, '..%2f..%2fetc'])(
    'answers for the session %s that it is not there, whatever the id looks like',
    async (id) => {
      const response = await fetch(`${first.url}/stt/sessions/${id}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        code: 'session_not_found',
        error: 'There is no such session, or it ended so long ago that it is forgotten.',
      });
    },
  );

  it('takes nothing but GET and DELETE for a session', async () => {
    const response = await fetch(`${first.url}/stt/sessions/x`, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE');
  });

  it.each([
    ['/openapi.json', 'openapi'],
    ['/asyncapi.json', 'asyncapi'],
  ])('serves %s', async (path, field) => {
    const response = await fetch(first.url + path);
    expect(await response.json()).toHaveProperty(field);
  });

  it('answers what does not exist with 404, a wrong method with 405, both in the shape of every error', async () => {
    const missing = await fetch(`${first.url}/nowhere?token=secret`, { headers: { 'x-request-id': 'abc' } });
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({
      error: expect.any(String),
      code: 'not_found',
      timestamp: expect.any(Number),
      retryable: false,
      request_id: 'abc',
    });
    const wrong = await fetch(`${first.url}/health`, { method: 'DELETE' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
    expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it('answers a malformed address with 400 and no stack', async () => {
    const response = await fetch(`${first.url}/%E0%A4%A`);
    expect([400, 404]).toContain(response.status);
    expect(JSON.stringify(await response.json())).not.toMatch(/node_modules|\.ts:|\.js:/);
  });

  it('sends the protective headers and does not name its framework', async () => {
    const { headers } = await fetch(`${first.url}/livez`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says that the stream speaks WebSocket when it is asked by plain HTTP', async () => {
    const response = await fetch(`${first.url}/stt/stream`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining('WebSocket') });
  });

  it('refuses an upgrade at another address with 404 in JSON', async () => {
    const answer = await raw(
      'GET /other HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"not_found"');
  });

  it.each([
    ['another protocol', 'upgrade: h2c'],
    ['no key', 'upgrade: websocket\r\nsec-websocket-version: 13'],
    ['an old version', 'upgrade: websocket\r\nsec-websocket-version: 7\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='],
  ])('refuses an upgrade with %s with 400 in JSON', async (_name, header) => {
    const answer = await raw(`GET /stt/stream HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n${header}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"bad_request"');
  });

  it('answers bytes that are not HTTP with 400 in JSON', async () => {
    const answer = await raw('\x16\x03\x01 this is TLS\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"bad_request"');
  });

  it('logs requests without their query', async () => {
    await fetch(`${first.url}/nowhere?resume_token=canary-in-query`);
    await eventually(() => expect(first.logLines.some((line) => line.includes('"/nowhere"'))).toBe(true));
    expect(first.logLines.join('')).not.toContain('canary-in-query');
  });
});
