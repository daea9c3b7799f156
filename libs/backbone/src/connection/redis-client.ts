import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Settings } from '../settings.ts';
import { parseRedisUrl } from './redis-address.ts';

/** A host that drops packets must not hold up a reconnect for longer than a refusal would. */
const CONNECT_TIMEOUT_MS = 1000;

/**
 * A half-open connection stays "ready" for ever without this (failures.md §0.4). No command of ours blocks, so a reply that takes longer
 * is a dead or frozen Redis; below a second, a stalled event loop or a slow fsync would look the same.
 */
const SOCKET_TIMEOUT_MS = 1500;

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** A moved slot was silent for 20 s without it (redis.md). */
const SLOTS_REFRESH_INTERVAL_MS = 5000;

/** A cluster command follows a failover for 8 × 100 ms, then fails: an error must surface within about a second. */
const CLUSTER_REDIRECTIONS = 8;

/** Doubling from 50 ms to 1 s, half of it at random, so that a fleet does not come back in step. */
export function retryDelayMs(attempt: number): number {
  const ceilingMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return ceilingMs * (0.5 + Math.random() / 2);
}

/**
 * Every promise of ioredis to repeat a command by itself is off: a repeated XADD or a command that waits in a queue behind a later one
 * is ours to decide. `maxRetriesPerRequest: 0` is what settles the commands under way when a socket is cut; without it they stay
 * pending (failures.md §0.3).
 */
const NO_REPEATS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
} as const satisfies RedisOptions;

/** Creates a client that is not connected yet. */
export function createRedisClient(settings: Settings, name: string): Redis | Cluster {
  const { host, port, hasTls, username, password } = parseRedisUrl(settings.redisUrl);
  const options = {
    ...NO_REPEATS,
    lazyConnect: true,
    connectionName: `verbatim-${name}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableClientInfo: true,
    protocol: 2 as const,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(hasTls ? { tls: {} } : {}),
  } satisfies RedisOptions;
  if (!settings.cluster) return new Redis(settings.redisUrl, { ...options, retryStrategy: retryDelayMs });
  return new Cluster([{ host, port }], {
    redisOptions: options,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelayMs,
    maxRedirections: CLUSTER_REDIRECTIONS,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS,
    shardedSubscribers: name === 'subscriber',
  });
}
