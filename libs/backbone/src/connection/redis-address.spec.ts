import { describe, expect, it } from '@jest/globals';
import { addressOf, parseRedisUrl, REDIS_URL_PATTERN } from './redis-address.ts';

const NONE = { hasTls: false, username: undefined, password: undefined };
const NO_SENTINEL_LOGIN = { sentinelUsername: undefined, sentinelPassword: undefined };

const UNDERSTOOD = [
  ['redis://localhost', { kind: 'single', hosts: [{ host: 'localhost', port: 6379 }], database: 0, ...NONE }],
  ['redis://h:7000/2', { kind: 'single', hosts: [{ host: 'h', port: 7000 }], database: 2, ...NONE }],
  ['redis://[::1]:6380', { kind: 'single', hosts: [{ host: '::1', port: 6380 }], database: 0, ...NONE }],
  [
    'rediss://u%40x:p%2Fw%3A@h:1',
    {
      ...{ kind: 'single', hosts: [{ host: 'h', port: 1 }], database: 0 },
      ...{ hasTls: true, username: 'u@x', password: 'p/w:' },
    },
  ],
  [
    'redis+sentinel://a:1,b,[fe80::1]:3/main',
    {
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: 'fe80::1', port: 3 },
      ],
      ...{ masterName: 'main', ...NONE, ...NO_SENTINEL_LOGIN },
    },
  ],
  [
    'rediss+sentinel://:pw@a/main?sentinel_user=s&sentinel_password=x%26y+z',
    {
      ...{ kind: 'sentinel', hosts: [{ host: 'a', port: 26_379 }], masterName: 'main', hasTls: true },
      ...{ username: undefined, password: 'pw', sentinelUsername: 's', sentinelPassword: 'x&y+z' },
    },
  ],
  [
    'redis+cluster://user:pw@a:1,b:2/',
    {
      kind: 'cluster',
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      ...{ hasTls: false, username: 'user', password: 'pw' },
    },
  ],
] as const;

const REFUSED = [
  ['', 'nothing'],
  ['localhost:6379', 'no scheme'],
  ['http://h:1', 'another scheme'],
  ['redis+proxy://h:1', 'another set-up'],
  ['redis://', 'no host'],
  ['redis:s3cret', 'no slashes'],
  ['redis://h:0', 'port 0'],
  ['redis://h:65536', 'a port too high'],
  ['redis://a:1,b:2', 'two hosts of a single Redis'],
  ['redis://h/main', 'a database that is no number'],
  ['redis://h?family=6', 'an option we do not know'],
  ['redis+sentinel://a:1', 'no master name'],
  ['redis+sentinel://a/main?password=x', 'an option we do not know'],
  ['redis+cluster://a:1/2', 'a database on a cluster'],
  ['redis+cluster://a:1,', 'an empty host'],
  ['redis://%E0%A4%A@h:1', 'a broken escape'],
  ['redis://s3cret@x@h:1', 'an @ that is not escaped'],
] as const;

describe('a Redis address', () => {
  for (const [url, address] of UNDERSTOOD)
    it(`is read: ${url}`, () => {
      expect(parseRedisUrl(url)).toEqual(address);
      expect(url).toMatch(REDIS_URL_PATTERN);
    });

  for (const [url, why] of REFUSED)
    it(`is refused for ${why}: ${url}`, () => {
      expect(() => parseRedisUrl(url)).toThrow(/^REDIS_URL must look like redis:\/\/.*sentinel.*cluster/);
    });

  it('is not repeated in the error, for it may hold a password', () => {
    for (const url of ['s3cret', 'redis://:s3cret@h:0', 'redis+sentinel://:s3cret@h'])
      expect(() => parseRedisUrl(url)).toThrow(
        expect.objectContaining({
          code: 'storage_unavailable',
          message: expect.not.stringContaining('s3cret') as unknown,
        }),
      );
  });

  it('shows its hosts and the name of the master, and no credentials', () => {
    expect(addressOf({ redisUrl: 'rediss://user:s3cret@redis.example:7000/2' })).toBe('redis.example:7000');
    expect(addressOf({ redisUrl: 'redis://[::1]:6380' })).toBe('[::1]:6380');
    expect(addressOf({ redisUrl: 'redis+cluster://:s3cret@a:1,b:2' })).toBe('a:1,b:2');
    expect(addressOf({ redisUrl: 'redis+sentinel://:s3cret@a,b:2/main?sentinel_password=s3cret' })).toBe(
      'a:26379,b:2/main',
    );
  });
});
