import { describe, expect, it } from '@jest/globals';
import { checkRedis, judgeRedis, parseInfo } from './check-redis.ts';

const WELL = ['# Server', 'redis_version:7.0.15', 'aof_enabled:1', 'maxmemory_policy:noeviction'].join('\r\n');

const statuses = (text: string) => judgeRedis(parseInfo(text), 'host').map(({ status }) => status);

describe('judgeRedis', () => {
  it('is content with a recent Redis that keeps what it is given', () => {
    expect(statuses(WELL)).toEqual(['ok', 'ok', 'ok']);
  });

  it('fails for an old version', () => {
    expect(statuses(WELL.replace('7.0.15', '6.2.14'))).toEqual(['fail', 'ok', 'ok']);
  });

  it('warns where a restart would forget', () => {
    expect(statuses(WELL.replace('aof_enabled:1', 'aof_enabled:0'))).toEqual(['ok', 'warn', 'ok']);
  });

  it('fails where full memory would throw sessions away', () => {
    expect(statuses(WELL.replace('noeviction', 'allkeys-lru'))).toEqual(['ok', 'ok', 'fail']);
  });
});

describe('checkRedis', () => {
  const refuse = () => Promise.reject(new Error('connect ECONNREFUSED'));

  it('only warns where no Redis was named and none is there', async () => {
    expect(await checkRedis(undefined, refuse)).toMatchObject([{ status: 'warn' }]);
  });

  it('never shows the password', async () => {
    const [finding] = await checkRedis('redis://user:secret@host:1234', refuse);
    expect(JSON.stringify(finding)).toContain('host:1234');
    expect(JSON.stringify(finding)).not.toContain('secret');
  });
});
