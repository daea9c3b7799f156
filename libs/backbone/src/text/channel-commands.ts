import type { RedisConnection } from '../connection/redis-connection.ts';
import { shardInName } from '../keys.ts';

/** What a subscriber connection is asked for, whatever kind of channel it has. Everything rejects as ioredis does. */
export interface ChannelCommands {
  subscribe(channel: string): Promise<unknown>;
  /** Subscribes many, some of which may be subscribed already or may have been on another connection. */
  resubscribe(channels: readonly string[]): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  onMessage(listener: (channel: string, payload: string) => void): void;
}

/** Plain channels on a single Redis; sharded ones on a cluster, where one command must stay in one slot. */
export function channelCommands({ client, isCluster }: RedisConnection): ChannelCommands {
  if (!isCluster)
    return {
      subscribe: (channel) => client.subscribe(channel),
      resubscribe: (channels) => client.subscribe(...channels),
      unsubscribe: (channel) => client.unsubscribe(channel),
      onMessage: (listener) => void client.on('message', listener),
    };
  return {
    subscribe: (channel) => client.ssubscribe(channel),
    resubscribe: (channels) =>
      Promise.all(
        channelsByShard(channels).map(async (group) => {
          // ioredis notes each SSUBSCRIBE, also one that fails or repeats, until a SUNSUBSCRIBE: without it the notes grow for ever
          await client.sunsubscribe(...group).catch(() => undefined);
          await client.ssubscribe(...group);
        }),
      ),
    unsubscribe: (channel) => client.sunsubscribe(channel),
    onMessage: (listener) => void client.on('smessage', listener),
  };
}

function channelsByShard(channels: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const channel of channels) {
    const shard = shardInName(channel);
    const group = groups.get(shard) ?? [];
    groups.set(shard, group);
    group.push(channel);
  }
  return [...groups.values()];
}
