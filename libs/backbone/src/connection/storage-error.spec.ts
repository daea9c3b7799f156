import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { retryDelayMs } from './redis-client.ts';
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

  it('tells apart who did not answer: a Sentinel, a master that it does not know, a cluster', () => {
    for (const [message, sentence] of [
      ['connected to sentinel a:1 successfully, but got an invalid reply: null', /know no master of that name/],
      ['failed to connect to sentinel a:1 because ERR No such master with that name', /know no master of that name/],
      ['failed to connect to sentinel a:1 because NOAUTH Authentication required.', /sentinel_password/],
      ['failed to connect to sentinel a:1 because connect ECONNREFUSED', /No Sentinel at h:1/],
      ['All sentinels are unreachable. Retrying from scratch after 250ms.', /No Sentinel at h:1/],
      ['Failed to refresh slots cache.', /No node of a Redis Cluster/],
      ['Too many Cluster redirections. Last error: Error: Connection is closed.', /no master in reach/],
    ] as const) {
      const error = toStorageError(new Error(message), 'h:1');
      expect(error.code).toBe('storage_unavailable');
      expect(error.message).toMatch(sentence);
    }
    expect(toStorageError(reply('MOVED 1 10.0.0.2:6379'), 'h:1').message).toContain('redis+cluster://');
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
