import type { BackboneConnections } from '../connection/backbone-connections.ts';

/** Wake-ups of all shards as one signal. */
export interface WorkChannel {
  onWork(listener: () => void): void;
}

/** Subscribes to every shard's wake-ups. A cut counts as a wake-up: something may have been called out meanwhile. */
export async function listenForWork(connections: BackboneConnections): Promise<WorkChannel> {
  const { settings, keys, commands, subscriber } = connections;
  const listeners: (() => void)[] = [];
  const wake = () => listeners.forEach((listener) => listener());
  subscriber.onResubscribed(wake);
  try {
    const channels = Array.from({ length: settings.shards }, (_, shard) => keys.work(shard));
    await commands.run(() => Promise.all(channels.map((channel) => subscriber.subscribe(channel, wake))));
  } catch (error) {
    await connections.close();
    throw error;
  }
  return { onWork: (listener) => void listeners.push(listener) };
}
