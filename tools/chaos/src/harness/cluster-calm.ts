import { askRedis, eventually, type PrivateRedis } from '@verbatim/testing';

/** A node that comes back is told by gossip that it is a replica now, then it is filled. */
const WHOLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Waits until every node of a cluster sees all of it, every master has a replica, and every replica hears its master. */
export async function untilWhole(nodes: readonly PrivateRedis[]): Promise<void> {
  const areWhole = () => Promise.all(nodes.map(isWhole));
  await eventually(areWhole, { timeoutMs: WHOLE_WITHIN_MS, everyMs: LOOK_EVERY_MS });
}

async function isWhole({ port }: PrivateRedis): Promise<void> {
  const cluster = String(await askRedis(port, 'CLUSTER', 'INFO'));
  const replication = String(await askRedis(port, 'INFO', 'replication'));
  const isOk = /cluster_state:ok/.test(cluster) && /cluster_slots_ok:16384/.test(cluster);
  const isLinked = /role:master/.test(replication)
    ? /state=online/.test(replication)
    : /master_link_status:up/.test(replication) && /slave_repl_offset:[1-9]/.test(replication);
  if (!isOk || !isLinked) throw new Error(`the node at port ${port} is not whole:\n${cluster}${replication}`);
}
