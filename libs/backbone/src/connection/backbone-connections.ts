import type { BackboneOptions } from '../backbone-options.ts';
import { createKeys, type Keys } from '../keys.ts';
import { settingsOf, type Settings } from '../settings.ts';
import { openSubscriber, type Subscriber } from '../text/subscriber.ts';
import { openConnection, type RedisConnection } from './redis-connection.ts';
import { openSentinelWatch } from './sentinel-watch.ts';

/** What every part of a face works with. */
export interface BackboneParts {
  readonly settings: Settings;
  readonly keys: Keys;
  /** Everything but subscriptions. */
  readonly commands: RedisConnection;
}

/** The two connections of a process. */
export interface BackboneConnections extends BackboneParts {
  readonly subscriber: Subscriber;
  close(): Promise<void>;
}

/** @throws SttError `storage_unavailable` within 2 s when Redis is not there; nothing is left open then */
export async function openConnections(options: BackboneOptions): Promise<BackboneConnections> {
  const settings = settingsOf(options);
  const keys = createKeys(settings.keyPrefix);
  const opened = await Promise.allSettled([
    openConnection(settings, 'commands'),
    openConnection(settings, 'subscriber'),
  ]);
  const connections = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const closeAll = () => Promise.all(connections.map((connection) => connection.close()));
  try {
    const [commands, subscription] = opened.map(valueOf) as [RedisConnection, RedisConnection];
    const subscriber = await openSubscriber({ settings, keys, subscription, commands });
    const watch = openSentinelWatch(settings.redisUrl, (newMaster) => {
      for (const connection of connections) connection.followMaster(newMaster);
    });
    const close = async () => {
      watch.close();
      subscriber.close();
      await closeAll();
    };
    return { settings, keys, commands, subscriber, close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
