import type { Cluster, Redis } from 'ioredis';
import type { SttError } from '@verbatim/protocol';
import type { Settings } from '../settings.ts';
import { createRedisClient } from './redis-client.ts';
import { addressOf } from './redis-address.ts';
import { isReply, toStorageError } from './storage-error.ts';

/** One connection to Redis that reconnects for ever once it was open. A command fails at once while it is down; nothing is queued. */
export interface RedisConnection {
  readonly client: Redis | Cluster;
  readonly isCluster: boolean;
  isReady(): boolean;
  /** Calls back whenever the connection is usable again after a cut. */
  onReady(listener: () => void): void;
  /** Runs one use of the client. @throws SttError `storage_unavailable`, `internal_error` */
  run<Result>(use: (client: Redis | Cluster) => Promise<Result>): Promise<Result>;
  /** The same; when no answer came it waits a moment for the connection and does it once more: only for what may be repeated. */
  runTwice<Result>(use: (client: Redis | Cluster) => Promise<Result>): Promise<Result>;
  toError(cause: unknown): SttError;
  /** Drops the socket, even one whose other side is silent, and connects anew. */
  reconnect(): void;
  /** Sends what is under way, then closes for good. */
  close(): Promise<void>;
}

/** A Redis that is not there at the start is an error of the operator's; half a dozen tries tell that from one that is starting. */
const OPEN_WITHIN_MS = 1800;

/** A reconnect takes 50 to 75 ms; with this the error of a longer cut still surfaces within about a second. */
const SECOND_TRY_WITHIN_MS = 500;

/** QUIT waits for the replies under way; a Redis that does not answer must not hold up a shutdown. */
const QUIT_WITHIN_MS = 500;

/**
 * Opens a connection and waits until Redis answers.
 * @throws SttError `storage_unavailable` within 2 s when there is no Redis or it refuses the credentials
 */
export async function openConnection(settings: Settings, name: string): Promise<RedisConnection> {
  const address = addressOf(settings);
  const client = createRedisClient(settings, name);
  const closing = watchConnection(client, (event) => settings.onEvent({ ...event, connection: name }));
  try {
    await firstReady(client);
  } catch (cause) {
    closing.begin();
    client.disconnect();
    throw toStorageError(cause, address);
  }
  return createConnection(client, { address, isCluster: settings.cluster, beginClosing: closing.begin });
}

type ConnectionChange = { readonly type: 'connected' } | { readonly type: 'disconnected'; readonly reason: string };

/** Tells of each change once: a Redis that stays away is one `disconnected`, not one for each try. */
function watchConnection(client: Redis | Cluster, onChange: (change: ConnectionChange) => void) {
  let isUp = false;
  let isClosing = false;
  let reason = 'the connection was closed';
  client.on('error', (error: Error) => (reason = error.message));
  client.on('ready', () => {
    isUp = true;
    onChange({ type: 'connected' });
  });
  client.on('close', () => {
    if (isUp && !isClosing) onChange({ type: 'disconnected', reason });
    isUp = false;
  });
  return { begin: () => void (isClosing = true) };
}

async function firstReady(client: Redis | Cluster): Promise<void> {
  let lastError = new Error('no answer');
  const remember = (error: Error) => void (lastError = error);
  client.on('error', remember);
  const isReady = untilReady(client, OPEN_WITHIN_MS);
  client.connect().catch(remember);
  const wasReady = await isReady;
  client.off('error', remember);
  if (!wasReady) throw lastError;
}

function untilReady(client: Redis | Cluster, withinMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(isReady);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(() => settle(false), withinMs);
    client.once('ready', onReady);
  });
}

interface ConnectionParts {
  readonly address: string;
  readonly isCluster: boolean;
  readonly beginClosing: () => void;
}

function createConnection(client: Redis | Cluster, parts: ConnectionParts): RedisConnection {
  const toError = (cause: unknown) => toStorageError(cause, parts.address);
  return {
    client,
    isCluster: parts.isCluster,
    isReady: () => client.status === 'ready',
    onReady: (listener) => void client.on('ready', listener),
    toError,
    async run(use) {
      try {
        return await use(client);
      } catch (cause) {
        throw toError(cause);
      }
    },
    async runTwice(use) {
      try {
        return await use(client);
      } catch (cause) {
        if (isReply(cause) || !(await untilReady(client, SECOND_TRY_WITHIN_MS))) throw toError(cause);
        return this.run(use);
      }
    },
    reconnect() {
      // end() would wait for the other side to close too, and that side may be the one that is silent
      if ('stream' in client) client.stream.destroy(new Error('the connection fell silent'));
      else client.disconnect(true);
    },
    async close() {
      parts.beginClosing();
      await quit(client);
      client.disconnect();
    },
  };
}

async function quit(client: Redis | Cluster): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, QUIT_WITHIN_MS)));
  await Promise.race([client.quit().catch(() => undefined), tooLate]);
  clearTimeout(timer);
}
