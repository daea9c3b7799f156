import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { retryDelayMs } from './redis-client.ts';
import { addressOf, parseRedisUrl } from './redis-address.ts';
import { isTemporary, toStorageError } from './storage-error.ts';

function reply(message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' }, more);
}

describe('a storage error', () => {
  it('says what to do and keeps the cause for the log', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:6379');
    const error = toStorageError(cause, '10.0.0.1:6379');
    expect(error).toMatchObject({ code: 'storage_unavailable', cause });
    expect(error.message).toBe('Redis at 10.0.0.1:6379 cannot be reached; is it running?');
  });

  it('tells a full, loading, read-only or locked Redis from one that is away, also inside a transaction', () => {
    const oom = "OOM command not allowed when used memory > 'maxmemory'.";
    for (const cause of [reply(oom), reply('EXECABORT Transaction discarded', { previousErrors: [reply(oom)] })])
      expect(toStorageError(cause, 'h:1')).toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringContaining('raise maxmemory'),
      });
    expect(toStorageError(reply('LOADING Redis is loading'), 'h:1').message).toContain('loading');
    expect(toStorageError(reply('WRONGPASS invalid username-password pair'), 'h:1').message).toContain('credentials');
    expect(isTemporary(reply(oom))).toBe(true);
    expect(isTemporary(new Error('Connection is closed.'))).toBe(true);
  });

  it('calls any other error reply what it is: a defect of ours', () => {
    const cause = reply('WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(toStorageError(cause, 'h:1').code).toBe('internal_error');
    expect(isTemporary(cause)).toBe(false);
  });

  it('passes an SttError through', () => {
    const error = new SttError('bad_request', 'no');
    expect(toStorageError(error, 'h:1')).toBe(error);
  });
});

describe('a Redis address', () => {
  it('shows host and port and no credentials', () => {
    expect(addressOf({ redisUrl: 'rediss://user:s3cret@redis.example:7000/2' })).toBe('redis.example:7000');
    expect(addressOf({ redisUrl: 'redis://localhost' })).toBe('localhost:6379');
    expect(addressOf({ redisUrl: 'redis://[::1]:6380' })).toBe('::1:6380');
    expect(parseRedisUrl('rediss://u%40x:p%2Fw@h:1')).toEqual({
      ...{ host: 'h', port: 1, hasTls: true, username: 'u@x', password: 'p/w' },
    });
  });

  it('is refused without repeating it, for it may hold a password', () => {
    for (const redisUrl of ['', 'localhost:6379', 'http://h:1', 'redis://', 'redis:s3cret'])
      expect(() => parseRedisUrl(redisUrl)).toThrow(/redis:\/\/HOST:PORT/);
    expect(() => parseRedisUrl('s3cret')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('s3cret') }),
    );
  });
});

describe('the delay before a reconnect', () => {
  it('doubles from 50 ms to a second, half of it at random', () => {
    for (const [attempt, ceilingMs] of [
      [1, 50],
      [2, 100],
      [5, 800],
      [6, 1000],
      [1000, 1000],
    ] as const) {
      const delays = Array.from({ length: 50 }, () => retryDelayMs(attempt));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(Math.max(...delays)).toBeLessThanOrEqual(ceilingMs);
      expect(new Set(delays).size).toBeGreaterThan(1);
    }
  });
});
