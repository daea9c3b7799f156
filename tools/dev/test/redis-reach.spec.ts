import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, startRedis, type PrivateRedis } from '@verbatim/testing';
import { checkRedisUrl, parseRedisUrl } from '../setup/redis-reach.mjs';

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
  const socket = connect(redis.port, '127.0.0.1');
  socket.write('CONFIG SET requirepass secret\r\n');
  await once(socket, 'data');
  socket.destroy();
});
afterAll(() => redis.stop());

describe('checkRedisUrl', () => {
  it('accepts a Redis that answers', async () => {
    const url = `redis://:secret@127.0.0.1:${redis.port}`;
    expect(await checkRedisUrl(url)).toEqual({ summary: `127.0.0.1:${redis.port} from REDIS_URL answers`, value: url });
  });

  it('says that the password is wrong, without repeating it', async () => {
    const check = checkRedisUrl(`redis://:guess@127.0.0.1:${redis.port}`);
    await expect(check).rejects.toThrow(/refuses: WRONGPASS/);
    await expect(check).rejects.not.toThrow(/guess/);
  });

  it('says that nothing answers there', async () => {
    await expect(checkRedisUrl(`redis://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
      exitCode: 69,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('parseRedisUrl', () => {
  it('fills in the usual port and decodes the password', () => {
    expect(parseRedisUrl('rediss://u:p%40ss@host')).toMatchObject({
      port: 6379,
      isTls: true,
      user: 'u',
      password: 'p@ss',
    });
  });

  it.each(['127.0.0.1:6379', 'http://host', 'redis:', ''])('refuses %j', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/not a Redis address/);
  });
});
