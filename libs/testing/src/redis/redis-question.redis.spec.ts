import { describe, expect, it } from '@jest/globals';
import { freePort } from '../free-port.ts';
import { startRedis } from './private-redis.ts';
import { askRedis, askRedisText } from './redis-question.ts';

describe('a question to Redis', () => {
  it('is answered by text, a number as text, a list or nothing', async () => {
    const redis = await startRedis();
    const long = 'é'.repeat(200_000);
    expect(await askRedis(redis.port, 'SET', 'long', long)).toBe('OK');
    expect(Buffer.from(await askRedisText(redis.port, 'GET', 'long'), 'latin1').toString()).toBe(long);
    expect(await askRedis(redis.port, 'EXISTS', 'long')).toBe('1');
    expect(await askRedis(redis.port, 'MGET', 'none', 'long')).toEqual([null, expect.any(String)]);
    await expect(askRedis(redis.port, 'HGET', 'long', 'f')).rejects.toThrow(/^HGET long: WRONGTYPE/);
    await expect(askRedisText(redis.port, 'GET', 'none')).rejects.toThrow('GET was answered by null');
    await redis.stop();
  });

  it('fails when nobody is there', async () => {
    await expect(askRedis(await freePort(), 'PING')).rejects.toThrow('ECONNREFUSED');
  });
});
