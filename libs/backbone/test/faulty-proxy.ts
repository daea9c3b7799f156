import { startFaultProxy, type AddedFault } from '@verbatim/testing';

/** A fault proxy before Redis, with the two faults that the specs here need by name. */
export interface FaultyProxy {
  readonly url: string;
  /** Cuts every connection. */
  cut(): void;
  /** From now on the subscriptions that exist pass nothing from Redis on any more, and stay open. New ones are fine. */
  muteSubscribers(): void;
  /** Lets requests through, keeps the replies back and then cuts: what was asked is done, and nobody knows. */
  loseReplies(): Promise<void>;
  stop(): Promise<void>;
}

/** Long enough for a request under way to reach Redis. */
const KEEP_BACK_MS = 15;

export async function startFaultyProxy(redisPort: number): Promise<FaultyProxy> {
  const proxy = await startFaultProxy({ targetPort: redisPort });
  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    cut: () => proxy.cut(),
    muteSubscribers() {
      const muted = new Set(proxy.links.filter((link) => link.hasSaid('subscribe')));
      proxy.add({ type: 'silence', links: (link) => muted.has(link) });
    },
    async loseReplies() {
      const losing = new Set(proxy.links);
      const fault: AddedFault = proxy.add({
        ...{ type: 'drop_replies', cutAfterMs: KEEP_BACK_MS },
        links: (link) => losing.has(link),
      });
      await Promise.all([...losing].map(({ closed }) => closed));
      fault.remove();
    },
    stop: () => proxy.stop(),
  };
}
