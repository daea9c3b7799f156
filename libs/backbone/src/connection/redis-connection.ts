import type { Socket } from 'node:net';
import type { Cluster, Redis } from 'ioredis';
import type { SttError } from '@verbatim/protocol';
import type { Settings } from '../settings.ts';
import { firstReady, untilReady, watchConnection } from './connection-states.ts';
import { addressOf } from './redis-address.ts';
import { createRedisClient } from './redis-client.ts';
import { isReply, toStorageError } from './storage-error.ts';
import { watchUsableAgain } from './usable-again.ts';

/** One connection to Redis that reconnects for ever once it was open. A command fails at once while it is down; nothing is queued. */
export interface RedisConnection {
  readonly client: Redis | Cluster;
  readonly isCluster: boolean;
  isReady(): boolean;
  /** Calls back whenever the connection is usable again after a cut, on a cluster after the cut or the replacement of any node. */
  onReady(listener: () => void): void;
  /** Runs one use of the client. @throws SttError `storage_unavailable`, `internal_error` */
  run<Result>(use: (client: Redis | Cluster) => Promise<Result>): Promise<Result>;
  /** The same; when no answer came it waits a moment for the connection and does it once more: only for what may be repeated. */
  runTwice<Result>(use: (client: Redis | Cluster) => Promise<Result>): Promise<Result>;
  toError(cause: unknown): SttError;
  /** Drops the socket, even one whose other side is silent, and connects anew. */
  reconnect(): void;
  /** The same, unless it is connected to this master already. */
  followMaster(newMaster: string): void;
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
  const { beginClosing } = watchConnection(client, (event) => settings.onEvent({ ...event, connection: name }));
  try {
    await firstReady(client, OPEN_WITHIN_MS);
  } catch (cause) {
    beginClosing();
    client.disconnect();
    throw toStorageError(cause, address);
  }
  return createConnection(client, { address, beginClosing });
}

interface ConnectionParts {
  readonly address: string;
  readonly beginClosing: () => void;
}

function createConnection(client: Redis | Cluster, parts: ConnectionParts): RedisConnection {
  const toError = (cause: unknown) => toStorageError(cause, parts.address);
  const readyListeners: (() => void)[] = [];
  watchUsableAgain(client, () => readyListeners.forEach((listener) => listener()));
  return {
    client,
    isCluster: client.isCluster,
    isReady: () => client.status === 'ready',
    onReady: (listener) => void readyListeners.push(listener),
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
    followMaster(newMaster) {
      if ('stream' in client && remoteOf(client) !== newMaster) this.reconnect();
    },
    async close() {
      parts.beginClosing();
      await quit(client);
      client.disconnect();
    },
  };
}

/** The other end of the socket; hosts that are known by a name or behind a NAT look like another server than the Sentinels speak of. */
function remoteOf({ stream }: Redis): string {
  const { remoteAddress = '', remotePort = 0 } = stream as Partial<Socket>;
  return `${remoteAddress.replace(/^::ffff:/, '')}:${remotePort}`;
}

async function quit(client: Redis | Cluster): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, QUIT_WITHIN_MS)));
  await Promise.race([client.quit().catch(() => undefined), tooLate]);
  clearTimeout(timer);
}
