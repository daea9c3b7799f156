import { describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { startRedis } from '@verbatim/testing';
import { createQueueConnection } from './queue-connection.ts';

describe('a queue connection', () => {
  it('keeps what it is asked while Redis is away, and does it soon after Redis is back', async () => {
    const redis = await startRedis();
    const client = createQueueConnection(redis.url);
    expect(await client.ping()).toBe('PONG');
    await redis.kill();
    const answer = client.set('kept', 'yes');
    await redis.restart();
    const backAtMs = performance.now();
    expect(await answer).toBe('OK');
    expect(performance.now() - backAtMs).toBeLessThan(4000);
    client.disconnect();
    await redis.stop();
  });

  it('looks for Redis every two seconds at least, however long it was away', () => {
    const client = createQueueConnection('redis://127.0.0.1:1');
    const delays =
      client instanceof Redis ? [1, 5, 20, 10_000].map((attempt) => client.options.retryStrategy?.(attempt)) : [];
    expect(delays).toEqual([100, 500, 2000, 2000]);
    expect(client.options).toMatchObject({ maxRetriesPerRequest: null });
    client.disconnect();
  });

  it('goes to one server, by way of Sentinels, or to a cluster, as the address says', () => {
    const behindSentinels = createQueueConnection('redis+sentinel://127.0.0.1:1/main');
    expect(behindSentinels.options).toMatchObject({ name: 'main', sentinels: [{ host: '127.0.0.1', port: 1 }] });
    const clustered = createQueueConnection('redis+cluster://127.0.0.1:1,127.0.0.1:2');
    expect(clustered).toBeInstanceOf(Cluster);
    for (const client of [behindSentinels, clustered]) client.disconnect();
    expect(() => createQueueConnection('http://x')).toThrow(/REDIS_URL must look like/);
  });
});
