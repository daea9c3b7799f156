import type { Cluster, Redis } from 'ioredis';

/**
 * Calls back whenever a client is usable again after some cut, so that whoever follows or writes can make up for it. May call once too often.
 *
 * A cluster client stays "ready" while one of its nodes is lost or replaced, so there it is told by three other signs: a connection to a
 * node ended, a slot has another master, or the subscriptions were laid anew. The callback comes with the next slot map, which names the
 * node that serves now; if that one is not up yet, its connection ends again and the callback comes again.
 */
export function watchUsableAgain(client: Redis | Cluster, onUsable: () => void): void {
  client.on('ready', onUsable);
  if (isClusterClient(client)) watchNodes(client, onUsable);
}

function isClusterClient(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}

function watchNodes(client: Cluster, onUsable: () => void): void {
  let masters = mastersOf(client);
  let hasLostNode = false;
  client.on('-node', () => {
    hasLostNode = true;
    // without commands under way nobody would ask before the next round
    if (client.status === 'ready') client.refreshSlotsCache();
  });
  client.on('refresh', () => {
    const current = mastersOf(client);
    if (!hasLostNode && current === masters) return;
    hasLostNode = false;
    masters = current;
    onUsable();
  });
  client.on('subscribersReady', onUsable);
}

/** Who serves which slots, as one string: `0:HOST:PORT,5461:HOST:PORT …`, one part for each run of slots. */
function mastersOf({ slots }: Cluster): string {
  let last: string | undefined;
  const runs: string[] = [];
  for (const [slot, [master = ''] = []] of slots.entries()) {
    if (master !== last) runs.push(`${slot}:${master}`);
    last = master;
  }
  return runs.join(',');
}
