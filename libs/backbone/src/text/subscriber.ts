import { randomUUID } from 'node:crypto';
import { formatShard } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { shardInName, type Keys } from '../keys.ts';
import type { Settings } from '../settings.ts';
import { channelCommands, type ChannelCommands } from './channel-commands.ts';
import { createResubscription } from './resubscription.ts';
import { createSubscriptionProbe } from './subscription-probe.ts';

/** The one subscriber connection of a process: many channels, re-subscribed after each cut and watched for silence. */
export interface Subscriber {
  /** Resolves with the way to end it once Redis has confirmed. @throws what ioredis throws */
  subscribe(channel: string, listener: (payload: string) => void): Promise<() => void>;
  /** Calls back after each cut, when every channel is subscribed again: what came in between must be read elsewhere. */
  onResubscribed(listener: () => void): void;
  close(): void;
}

interface SubscriberParts {
  readonly settings: Settings;
  readonly keys: Keys;
  /** Carries subscriptions only. */
  readonly subscription: RedisConnection;
  /** Publishes the probes: another connection, so that its life does not answer for the subscriber's. */
  readonly commands: RedisConnection;
}

/** Starts the probe; channels come later. */
export async function openSubscriber(parts: SubscriberParts): Promise<Subscriber> {
  const { settings, keys, subscription, commands } = parts;
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const onResubscribed: (() => void)[] = [];
  const channels = channelCommands(subscription);
  const id = randomUUID();
  const shards = subscription.isCluster ? settings.shards : 1;
  const lanes = Array.from({ length: shards }, (_, shard) => formatShard(shard));
  const laneOf = subscription.isCluster ? shardInName : () => lanes[0] ?? '';

  const probe = createSubscriptionProbe({
    lanes,
    intervalMs: settings.probeIntervalMs,
    send: (lane) => publish(commands, keys.probe(lane, id), '1'),
    onSilent(silentMs) {
      settings.onEvent({ type: 'subscription_silent', silentMs });
      probe.restart();
      subscription.reconnect();
    },
  });

  channels.onMessage((channel, payload) => {
    probe.heard(laneOf(channel));
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  });
  const resubscription = createResubscription({
    subscribeAll: () => resubscribe(channels, listeners),
    onDone: () => onResubscribed.forEach((listener) => listener()),
  });
  subscription.onReady(() => {
    probe.restart();
    resubscription.begin();
  });

  const subscriber: Subscriber = {
    async subscribe(channel, listener) {
      const known = listeners.get(channel);
      const all = known ?? new Set();
      listeners.set(channel, all.add(listener));
      const end = () => {
        all.delete(listener);
        if (all.size > 0 || listeners.get(channel) !== all) return;
        listeners.delete(channel);
        channels.unsubscribe(channel).catch(() => undefined);
      };
      try {
        // also when others listen already: their own SUBSCRIBE may still be on its way
        await channels.subscribe(channel);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
    onResubscribed: (listener) => void onResubscribed.push(listener),
    close() {
      probe.stop();
      resubscription.stop();
    },
  };
  await Promise.all(lanes.map((lane) => subscriber.subscribe(keys.probe(lane, id), () => undefined)));
  return subscriber;
}

async function resubscribe(channels: ChannelCommands, listeners: ReadonlyMap<string, unknown>): Promise<void> {
  const all = [...listeners.keys()];
  if (all.length > 0) await channels.resubscribe(all);
  const ended = all.filter((channel) => !listeners.has(channel));
  for (const channel of ended) channels.unsubscribe(channel).catch(() => undefined);
}

/** Publishes on a session's or shard's channel; sharded on a cluster. */
export function publish({ client, isCluster }: RedisConnection, channel: string, payload: string): Promise<unknown> {
  return isCluster ? client.spublish(channel, payload) : client.publish(channel, payload);
}

/** The name of the command that scripts publish with. */
export function publishCommand({ isCluster }: RedisConnection): 'PUBLISH' | 'SPUBLISH' {
  return isCluster ? 'SPUBLISH' : 'PUBLISH';
}
