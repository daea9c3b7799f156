import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type ClusterAddress, type RedisAddress, type SentinelAddress } from './redis-address.ts';

/** A host that drops packets must not hold up a reconnect for longer than a refusal would. */
const CONNECT_TIMEOUT_MS = 1000;

/**
 * A half-open connection stays "ready" for ever without this (failures.md §0.4). No command of ours blocks, so a reply that takes longer
 * is a dead or frozen Redis; below a second, a stalled event loop or a slow fsync would look the same.
 */
const SOCKET_TIMEOUT_MS = 1500;

/** A socket that is given up waits so long for the other side to close too; that side may be frozen or cut off. */
const DISCONNECT_TIMEOUT_MS = 250;

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** A Sentinel that is frozen accepts connections and does not answer; the next one is asked after this. */
const SENTINEL_ANSWER_MS = 500;

/** All Sentinels are asked again so often. A close waits for the pause that is under way, so it is short. */
const SENTINEL_RETRY_MS = 250;

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
 * pending (failures.md §0.3). A cluster client follows redirections and closed connections all the same, so on a cluster what must not
 * be repeated is a script that notices.
 */
const NO_REPEATS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
} as const satisfies RedisOptions;

/** Creates a client that is not connected yet. */
export function createRedisClient({ redisUrl }: { readonly redisUrl: string }, name: string): Redis | Cluster {
  const address = parseRedisUrl(redisUrl);
  const options = {
    ...commonOptions(address),
    ...NO_REPEATS,
    lazyConnect: true,
    connectionName: `verbatim-${name}`,
    socketTimeout: SOCKET_TIMEOUT_MS,
  } satisfies RedisOptions;
  if (address.kind !== 'cluster')
    return new Redis({ ...options, ...serverOptions(address), retryStrategy: retryDelayMs });
  return new Cluster([...address.hosts], {
    ...clusterOptions(address),
    redisOptions: options,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelayMs,
    shardedSubscribers: name === 'subscriber',
  });
}

/** What every connection needs, whoever uses it. */
export function commonOptions({ hasTls, username, password }: RedisAddress) {
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    disableClientInfo: true,
    protocol: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(hasTls ? { tls: {} } : {}),
  } as const satisfies RedisOptions;
}

/** The constructor of ioredis takes its reply type from this field and so does not take it when it may be undefined. */
type ServerOptions = Omit<RedisOptions, 'replyMapping'>;

/** Where the one server is that answers: itself, or by way of its Sentinels. */
export function serverOptions(address: Exclude<RedisAddress, ClusterAddress>): ServerOptions {
  if (address.kind === 'sentinel') return sentinelOptions(address);
  const [{ host, port }] = address.hosts;
  return { host, port, db: address.database };
}

/**
 * ioredis checks the role after each connect; the failover itself is heard by our own watch.
 * @see sentinel-watch.ts
 */
function sentinelOptions({
  hosts,
  masterName,
  hasTls,
  sentinelUsername,
  sentinelPassword,
}: SentinelAddress): ServerOptions {
  return {
    sentinels: [...hosts],
    name: masterName,
    role: 'master',
    sentinelRetryStrategy: () => SENTINEL_RETRY_MS,
    sentinelCommandTimeout: SENTINEL_ANSWER_MS,
    // a master that was demoted while we were connected answers every write with READONLY
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(hasTls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  };
}

/** How a cluster is followed. */
export function clusterOptions({ hasTls }: ClusterAddress) {
  return {
    maxRedirections: CLUSTER_REDIRECTIONS,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS,
    // a certificate names the host, not the address that the name was looked up to
    ...(hasTls
      ? { dnsLookup: (host: string, found: (error: null, address: string) => void) => found(null, host) }
      : {}),
  };
}
