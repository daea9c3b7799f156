import { fail, ok, warn, type Finding } from './finding.ts';

/** What `INFO` says, one entry a line: `redis_version` → `7.0.15`. */
export type RedisInfo = ReadonlyMap<string, string>;

/** Asks a Redis for its `INFO`. */
export type ReadRedisInfo = (url: string) => Promise<string>;

const OLDEST_MAJOR = 7;
const DEFAULT_URL = 'redis://127.0.0.1:6379';

/** Checks that Redis is there and set up so that it keeps what it was given. */
export async function checkRedis(url: string | undefined, readInfo: ReadRedisInfo): Promise<readonly Finding[]> {
  const address = url ?? DEFAULT_URL;
  const where = shownAddress(address);
  let text: string;
  try {
    text = await readInfo(address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [unreachable({ isConfigured: url !== undefined, where, reason })];
  }
  return judgeRedis(parseInfo(text), where);
}

/** Judges version, persistence and eviction. Pure. */
export function judgeRedis(info: RedisInfo, where: string): readonly Finding[] {
  const version = info.get('redis_version') ?? 'of unknown version';
  const isRecent = Number.parseInt(version, 10) >= OLDEST_MAJOR;
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  return [
    isRecent
      ? ok('redis', `Redis ${version} answers at ${where}`)
      : fail('redis', `Redis ${version} at ${where} is too old`, `Use Redis ${OLDEST_MAJOR} or newer.`),
    info.get('aof_enabled') === '1'
      ? ok('redis persistence', 'the append-only file is on')
      : warn(
          'redis persistence',
          'the append-only file is off: a restart of Redis forgets every session',
          'Set "appendonly yes" in redis.conf, or run: redis-cli CONFIG SET appendonly yes',
        ),
    policy === 'noeviction'
      ? ok('redis eviction', 'maxmemory-policy is noeviction')
      : fail(
          'redis eviction',
          `maxmemory-policy is ${policy}: when memory is full, Redis would throw away sessions in progress`,
          'Set "maxmemory-policy noeviction" in redis.conf, or run: redis-cli CONFIG SET maxmemory-policy noeviction',
        ),
  ];
}

/** Reads the `name:value` lines of `INFO`. */
export function parseInfo(text: string): RedisInfo {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 && !line.startsWith('#') ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
}

function unreachable(at: { readonly isConfigured: boolean; readonly where: string; readonly reason: string }): Finding {
  if (at.isConfigured) {
    return fail('redis', `Redis at ${at.where} cannot be used: ${at.reason}`, 'Start it, or correct REDIS_URL.');
  }
  return warn(
    'redis',
    `REDIS_URL is not set and no Redis answers at ${at.where}`,
    'Nothing to do for npm start, which brings its own; elsewhere start Redis and set REDIS_URL.',
  );
}

/** Without user and password. */
function shownAddress(url: string): string {
  return URL.canParse(url) ? new URL(url).host || url : 'an address that is not a URL';
}
