import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sessionViewSchema } from '@verbatim/protocol';
import { askRedis, eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { watch, type WatchedSession } from './support/event-stream.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words, type NativeClient } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway, type TestGatewayOptions } from './support/test-gateway.ts';

describe('observers of a session', () => {
  let redis: PrivateRedis;
  let keyPrefix: string;
  let transcriber: FakeTranscriber;
  let gateways: TestGateway[];
  const watching: WatchedSession[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    keyPrefix = uniquePrefix();
    gateways = [];
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  });
  afterEach(async () => {
    for (const watched of watching.splice(0)) watched.leave();
    for (const gateway of gateways) await gateway.close();
    await transcriber.stop();
  });

  async function open(options: Partial<TestGatewayOptions> = {}): Promise<TestGateway> {
    const gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix, ...options });
    gateways.push(gateway);
    return gateway;
  }

  async function observe(url: string, sessionId: string, lastEventId?: string): Promise<WatchedSession> {
    const watched = await watch(url, sessionId, lastEventId);
    watching.push(watched);
    return watched;
  }

  async function speak(url: string): Promise<{ readonly client: NativeClient; readonly sessionId: string }> {
    const client = connectNative(url);
    const { session_id: sessionId } = await client.first('session_started');
    return { client, sessionId };
  }

  it('get history and then what happens, each on the replica of its choice, the very messages of the client', async () => {
    const [first, second] = [await open(), await open()];
    const { client, sessionId } = await speak(first.url);
    client.frames(1, 15);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 10)));
    const observers = await Promise.all([first, second, second].map(({ url }) => observe(url, sessionId)));
    client.frames(16, 25);
    client.json({ type: 'end' });
    await client.closed;
    for (const observer of observers) {
      expect(await observer.closed).toBe('ended');
      expect(observer.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(observer.response.headers.get('cache-control')).toBe('no-store');
      expect(observer.finalsText()).toBe(words(1, 25));
      expect(observer.ids()).toEqual(['1', '2', '3', '4']);
      expect(observer.events.at(-1)?.message).toEqual(client.all('session_ended')[0]);
      expect(observer.events.every(({ event, message }) => event === message.type)).toBe(true);
      expect(observer.otherLines[0]).toMatch(/^retry: \d+$/);
    }
  });

  it('get interims without an id: only what is stored can be gone on from', async () => {
    const gateway = await open();
    const { client, sessionId } = await speak(gateway.url);
    const observer = await observe(gateway.url, sessionId);
    client.frames(1, 5);
    const interim = await observer.first('transcription');
    expect(interim).toMatchObject({ id: undefined, message: { is_final: false } });
    client.json({ type: 'end' });
    await client.closed;
  });

  it('go on behind the last event they have read, on another replica', async () => {
    const [first, second] = [await open(), await open()];
    const { client, sessionId } = await speak(first.url);
    client.frames(1, 20);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 20)));
    const early = await observe(first.url, sessionId);
    await eventually(() => expect(early.ids()).toEqual(['1', '2']));
    early.leave();
    client.frames(21, 30);
    client.json({ type: 'end' });
    await client.closed;
    const late = await observe(second.url, sessionId, '2');
    expect(await late.closed).toBe('ended');
    expect(late.ids()).toEqual(['3', '4', '5']);
    expect(late.finalsText()).toBe(words(21, 30));
  });

  it('of a session that is over get all of it, and 204 when they come back with its last id', async () => {
    const gateway = await open();
    const { client, sessionId } = await speak(gateway.url);
    client.frames(1, 10);
    client.json({ type: 'end' });
    await client.closed;
    const observer = await observe(gateway.url, sessionId);
    expect(await observer.closed).toBe('ended');
    const lastId = observer.ids().at(-1);
    expect((await observe(gateway.url, sessionId, lastId)).response.status).toBe(204);
  });

  it('neither hold a session nor take it from its client, and leave nothing behind', async () => {
    const gateway = await open();
    const { client, sessionId } = await speak(gateway.url);
    const observers = await Promise.all(Array.from({ length: 20 }, () => observe(gateway.url, sessionId)));
    expect(client.messages.map(({ type }) => type)).not.toContain('error');
    client.socket.terminate();
    await eventually(async () => {
      const body = await (await fetch(`${gateway.url}/stt/sessions/${sessionId}`)).json();
      expect(sessionViewSchema.parse(body).state).toBe('detached');
    });
    for (const observer of observers) observer.leave();
    await eventually(async () => expect(await subscribers(sessionId)).toBe(0));
  });

  it('share one subscription of their process', async () => {
    const gateway = await open();
    const { client, sessionId } = await speak(gateway.url);
    await Promise.all(Array.from({ length: 20 }, () => observe(gateway.url, sessionId)));
    expect(await subscribers(sessionId)).toBe(1);
    client.json({ type: 'end' });
    await client.closed;
  });

  it('are told when there are as many as there may be', async () => {
    const gateway = await open({ env: { STT_MAX_OBSERVERS: 2 } });
    const { sessionId } = await speak(gateway.url);
    const [first] = await Promise.all([observe(gateway.url, sessionId), observe(gateway.url, sessionId)]);
    const third = await fetch(`${gateway.url}/stt/sessions/${sessionId}/events`);
    expect(third.status).toBe(503);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await third.json()).toMatchObject({ code: 'overloaded', retryable: true });
    first?.leave();
    await eventually(async () => {
      const fourth = await observe(gateway.url, sessionId);
      expect(fourth.response.status).toBe(200);
    });
  });

  it('hear a comment now and then while nothing happens, so that no proxy cuts the line', async () => {
    const gateway = await open({ observerLimits: { keepAliveMs: 150 } });
    const { sessionId } = await speak(gateway.url);
    const observer = await observe(gateway.url, sessionId);
    await eventually(() => expect(observer.otherLines.filter((line) => line === ': keep-alive').length).toBe(2));
    expect(observer.events).toEqual([]);
  });

  it('are sent away when their replica drains, with a time to come back, and go on at another one', async () => {
    const [first, second] = [await open(), await open()];
    const { client, sessionId } = await speak(second.url);
    client.frames(1, 10);
    const observer = await observe(first.url, sessionId);
    await eventually(() => expect(observer.ids()).toEqual(['1']));
    const beganAtMs = performance.now();
    await first.close();
    expect(performance.now() - beganAtMs).toBeLessThan(3000);
    expect(await observer.closed).toBe('ended');
    expect(observer.otherLines.at(-1)).toMatch(/^retry: \d+$/);
    const again = await observe(second.url, sessionId, '1');
    client.frames(11, 20);
    await eventually(() => expect(again.finalsText()).toBe(words(11, 20)));
  });

  it('that do not read are cut, and nobody else is held up', async () => {
    const gateway = await open({ observerLimits: { keepAliveMs: 400 } });
    const { client, sessionId } = await speak(gateway.url);
    const silent = await silentObserver(gateway.port, sessionId);
    const reading = await observe(gateway.url, sessionId);
    const lastLine = () => gateway.logLines.filter((line) => line.includes('/events')).at(-1) ?? '';
    // The kernel takes some megabytes for a socket that nobody reads; only then anything waits.
    for (let n = 0; n < 60; n += 1) await askRedis(redis.port, 'PUBLISH', channelOf(sessionId), bigStatus(n));
    await eventually(() => expect(lastLine()).toContain('"is_complete":false'), { timeoutMs: 10_000 });
    client.frames(1, 10);
    client.json({ type: 'end' });
    await client.closed;
    expect(await reading.closed).toBe('ended');
    expect(reading.events.filter(({ event }) => event === 'session_status').length).toBeGreaterThan(40);
    expect(reading.finalsText()).toBe(words(1, 10));
    silent.destroy();
  }, 30_000);

  it.each([['abc'], ['-1'], ['1.5'], ['9999999999999999']])(
    'with the Last-Event-ID %s are told what it should be',
    async (id) => {
      const gateway = await open();
      const { sessionId } = await speak(gateway.url);
      const { response } = await observe(gateway.url, sessionId, id);
      expect(response.status).toBe(400);
    },
  );

  it.each(['nonsense', `s00-${'0'.repeat(32)}`, '..%2fetc', '%00'])(
    'of %s are told that there is no such session',
    async (id) => {
      const gateway = await open();
      const response = await fetch(`${gateway.url}/stt/sessions/${id}/events`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'session_not_found' });
    },
  );

  it('can ask for the head alone, and for nothing but GET', async () => {
    const gateway = await open();
    const { sessionId } = await speak(gateway.url);
    const address = `${gateway.url}/stt/sessions/${sessionId}/events`;
    const head = await fetch(address, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const wrong = await fetch(address, { method: 'POST' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  function channelOf(sessionId: string): string {
    return `${keyPrefix}:{${sessionId.slice(1, 3)}}:s:${sessionId}:text`;
  }

  /** As a transcriber would publish it, only longer. */
  function bigStatus(n: number): string {
    const status = { type: 'session_status', state: 'ok', lag_ms: n, provider: 'ledger', reason: 'x'.repeat(100_000) };
    return `T 1 ${JSON.stringify(status)}`;
  }

  /** Subscriptions that Redis counts on the session's channel. */
  async function subscribers(sessionId: string): Promise<number> {
    const reply = await askRedis(redis.port, 'PUBSUB', 'NUMSUB', channelOf(sessionId));
    return Number((reply as readonly unknown[])[1]);
  }

  /** A connection that asks for the events and reads none of them. */
  function silentObserver(port: number, sessionId: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /stt/sessions/${sessionId}/events HTTP/1.1\r\nhost: x\r\n\r\n`);
        socket.pause();
        resolve(socket);
      });
      socket.on('error', reject);
    });
  }
});
