import { Cluster, Redis } from 'ioredis';
import { parseRedisUrl } from './redis-address.ts';
import { clusterOptions, commonOptions, serverOptions } from './redis-client.ts';

/** BullMQ's own back-off reaches 20 s, and a worker slept on for 17 s after an outage (failures.md §0.9). */
const LONGEST_RETRY_MS = 2000;
const FIRST_RETRY_MS = 100;

/** BullMQ's workers block for 10 s at most; a reply that takes longer comes from nobody. */
const SOCKET_TIMEOUT_MS = 15_000;

function retryDelayMs(attempt: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * attempt);
}

/**
 * Creates a connection for BullMQ by the same kinds of address that the backbone takes. Unlike the backbone's own it queues commands
 * while Redis is away, because BullMQ's workers count on that; `maxRetriesPerRequest: null` is BullMQ's own demand.
 * On a cluster give the queue a prefix with a hash tag, for example `{stt}`. Whoever creates it closes it.
 * @throws SttError `storage_unavailable` when the URL is not one of Redis
 */
export function createQueueConnection(redisUrl: string): Redis | Cluster {
  const address = parseRedisUrl(redisUrl);
  const options = {
    ...commonOptions(address),
    connectionName: 'verbatim-queue',
    maxRetriesPerRequest: null,
    socketTimeout: SOCKET_TIMEOUT_MS,
  };
  const client =
    address.kind === 'cluster'
      ? new Cluster([...address.hosts], {
          ...clusterOptions(address),
          redisOptions: options,
          clusterRetryStrategy: retryDelayMs,
        })
      : new Redis({ ...options, ...serverOptions(address), retryStrategy: retryDelayMs });
  // without a listener ioredis prints errors past our log; BullMQ passes them on to its own
  client.on('error', () => undefined);
  return client;
}
