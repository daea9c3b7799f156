import { Redis } from 'ioredis';
import { parseRedisUrl, type SentinelAddress } from './redis-address.ts';
import { commonOptions } from './redis-client.ts';

/** Listens to the Sentinels of a `redis+sentinel` address; to nobody for any other. */
export interface SentinelWatch {
  close(): void;
}

/** One Sentinel that tells is enough, and a connection that was not dropped by the first is dropped by the second. */
const MOST_SENTINELS = 3;

/** A Sentinel that is away is looked for this often; the others tell meanwhile. */
const RETRY_MS = 2000;

/** Where the master is now, as a Sentinel writes it: `10.0.0.2:6379`. */
type MasterListener = (newMaster: string) => void;

/**
 * Calls back when a Sentinel has made another server the master, so that every old socket can be dropped at once.
 *
 * Worked failure: the master is cut off from its replicas and from the Sentinels, but not from us. It goes on taking writes that the new
 * master will never see, for 14 s in our measurement, until it hears that it was demoted (failures.md §0.5). ioredis has a detector
 * too; it drops its socket whatever master was switched, waits for the other side to close, and prints errors past our log.
 */
export function openSentinelWatch(redisUrl: string, onSwitched: MasterListener): SentinelWatch {
  const address = parseRedisUrl(redisUrl);
  const clients = address.kind === 'sentinel' ? listenToAll(address, onSwitched) : [];
  return { close: () => clients.forEach((client) => client.disconnect()) };
}

function listenToAll(address: SentinelAddress, onSwitched: MasterListener): readonly Redis[] {
  const { sentinelUsername: username, sentinelPassword: password } = address;
  const options = { ...commonOptions({ ...address, username, password }), retryStrategy: () => RETRY_MS };
  return address.hosts.slice(0, MOST_SENTINELS).map(({ host, port }) => {
    const client = new Redis({ ...options, host, port, enableReadyCheck: false, connectionName: 'verbatim-sentinel' });
    // the others tell too, and a master that is away shows on its own connection
    client.on('error', () => undefined);
    client.on('message', (_channel, message) => {
      const newMaster = parseSwitch(message, address.masterName);
      if (newMaster !== undefined) onSwitched(newMaster);
    });
    client.subscribe('+switch-master').catch(() => undefined);
    return client;
  });
}

/** Reads `NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT`; `undefined` when another master was switched. */
export function parseSwitch(message: string, masterName: string): string | undefined {
  const [name, , , host, port] = message.split(' ');
  return name === masterName && host !== undefined && port !== undefined ? `${host}:${port}` : undefined;
}
