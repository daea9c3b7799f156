import type { BackboneEvent } from '@verbatim/backbone';

/** What the backbone's events say about Redis and about our subscription, for sessions and for readiness. */
export interface StorageWatch {
  /** Since when some connection to Redis is down; `undefined` while all are up. */
  readonly downSinceMs: number | undefined;
  /**
   * False between a probe that did not come back and the reconnection that follows, unless Redis is away altogether: what all
   * replicas share must not take all of them out of the load balancer.
   */
  readonly isSubscriptionFresh: boolean;
  see(event: BackboneEvent): void;
}

/** The backbone's names of its two connections. */
const COMMANDS = 'commands';
const SUBSCRIBER = 'subscriber';

/** Opens the watch. `nowMs` is any steady clock. */
export function createStorageWatch(nowMs: () => number): StorageWatch {
  const downConnections = new Set<string>();
  let downSinceMs: number | undefined;
  let isSubscriptionSilent = false;
  return {
    get downSinceMs() {
      return downSinceMs;
    },
    get isSubscriptionFresh() {
      return !isSubscriptionSilent || downConnections.has(COMMANDS);
    },
    see(event) {
      switch (event.type) {
        case 'disconnected':
          downConnections.add(event.connection);
          downSinceMs ??= nowMs();
          break;
        case 'connected':
          downConnections.delete(event.connection);
          if (downConnections.size === 0) downSinceMs = undefined;
          if (event.connection === SUBSCRIBER) isSubscriptionSilent = false;
          break;
        case 'subscription_silent':
          isSubscriptionSilent = true;
          break;
        // Redis is there but takes nothing: each session sees that by its own audio.
        case 'storage_refused':
        case 'log_gap_filled':
          break;
      }
    },
  };
}
