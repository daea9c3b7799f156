import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words, type NativeClient } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

const CAPACITY = 50;
const CONNECTS = 300;

describe('a storm of connects', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix, capacity: CAPACITY });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });

  afterAll(async () => {
    await gateway.close();
    await transcriber.stop();
    await redis.stop();
  });

  /** Resolves when the client knows: it is served, or it was told when to come back. */
  async function answered(client: NativeClient): Promise<'served' | 'refused'> {
    return Promise.race([
      client.first('session_started').then(() => 'served' as const),
      client.closed.then(() => 'refused' as const),
    ]);
  }

  it('serves as many as there are places, tells the others when to come back, and lets nobody hang', async () => {
    const clients = Array.from({ length: CONNECTS }, () => connectNative(gateway.url));
    const answers = await Promise.all(clients.map(answered));
    const served = clients.filter((_client, index) => answers[index] === 'served');
    const refused = clients.filter((_client, index) => answers[index] === 'refused');
    expect(served).toHaveLength(CAPACITY);
    for (const client of refused) {
      await expect(client.closed).resolves.toEqual({ code: 4100, reason: 'overloaded' });
      const [error] = client.all('error');
      expect(error?.retry_after_ms).toBeGreaterThanOrEqual(1000);
      expect(error?.retry_after_ms).toBeLessThanOrEqual(10_000);
    }
    expect(new Set(refused.map((client) => client.all('error')[0]?.retry_after_ms)).size).toBeGreaterThan(200);

    // Those that were let in are served to the end.
    for (const client of served) client.frames(1, 12);
    for (const client of served) client.json({ type: 'end' });
    await Promise.all(served.map((client) => client.closed));
    for (const client of served) expect(client.finalsText()).toBe(words(1, 12));
  }, 60_000);

  it('lets a session in that resumes, however busy the fleet is', async () => {
    // The transcriber has told that its places are free again, and the gateway, whose view may be half a second old, has heard of it.
    await eventually(async () => {
      const probe = connectNative(gateway.url);
      const answer = await answered(probe);
      probe.json({ type: 'end' });
      await probe.closed;
      expect(answer).toBe('served');
    });
    const clients = Array.from({ length: CAPACITY + 1 }, () => connectNative(gateway.url));
    const answers = await Promise.all(clients.map(answered));
    expect(answers).toContain('refused');
    const leaving = clients.find((_client, index) => answers[index] === 'served') as NativeClient;
    const { session_id, resume_token } = await leaving.first('session_started');
    leaving.socket.terminate();
    const again = connectNative(gateway.url, `session_id=${session_id}&resume_token=${resume_token}`);
    await again.first('session_resumed');
    const open = [...clients, again].filter((client) => client.all('session_started').length > 0 || client === again);
    for (const client of open) client.json({ type: 'end' });
    await Promise.all(open.map((client) => client.closed));
  }, 60_000);
});
