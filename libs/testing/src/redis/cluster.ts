import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { createMap, type ClusterMap } from './cluster-map.ts';
import { startRedis } from './private-redis.ts';
import { askRedis, askRedisText } from './redis-question.ts';
import type { PrivateRedis } from './redis-server.ts';

export interface RedisClusterOptions {
  /** Default 3, the fewest that can agree on a failover. */
  readonly masters?: number;
  /** Replicas of all masters together, dealt round. Default 0. */
  readonly replicas?: number;
  /** Silence after which a node is thought to be down. Default 1000. */
  readonly nodeTimeoutMs?: number;
  /** Further arguments for each node. */
  readonly args?: readonly string[];
}

/** A Redis Cluster on 127.0.0.1, gone with the test. */
export interface RedisCluster extends ClusterMap {
  /** `redis+cluster://127.0.0.1:<port>,…`, every node. */
  readonly url: string;
  /** First the masters of the start, then the replicas. */
  readonly nodes: readonly PrivateRedis[];
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/** Nodes tell each other by gossip, some once a second. */
const FORMED_WITHIN_MS = 30_000;

interface ClusterNode {
  readonly redis: PrivateRedis;
  readonly busPort: number;
}

/** Starts the nodes and waits until they agree that the cluster is whole. @throws what {@link startRedis} throws */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicas = 0, nodeTimeoutMs = 1000, args = [] } = options;
  const started: PrivateRedis[] = [];
  const startNode = async (): Promise<ClusterNode> => {
    const busPort = await freePort();
    const redis = await startRedis({ args: [...nodeArgs(busPort, nodeTimeoutMs), ...args] });
    started.push(redis);
    return { redis, busPort };
  };
  try {
    const nodes = await Promise.all(Array.from({ length: masters + replicas }, startNode));
    await form(nodes, masters);
    return createCluster(nodes.map(({ redis }) => redis));
  } catch (error) {
    await Promise.all(started.map((server) => server.stop()));
    throw error;
  }
}

function createCluster(nodes: readonly PrivateRedis[]): RedisCluster {
  return {
    ...createMap(nodes),
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

/** The slots of a dead master are not to be had until its replica is promoted; those of the others are, with the third option. */
function nodeArgs(busPort: number, nodeTimeoutMs: number): readonly string[] {
  return [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', String(nodeTimeoutMs)],
    ...['--cluster-require-full-coverage', 'no', '--cluster-replica-validity-factor', '0'],
    ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
  ];
}

async function form(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  const [first, ...others] = nodes;
  if (!first) return;
  const slotsEach = Math.ceil(SLOTS / masters);
  for (const [index, { redis }] of nodes.slice(0, masters).entries()) {
    const last = Math.min(SLOTS, (index + 1) * slotsEach) - 1;
    await askRedis(redis.port, 'CLUSTER', 'ADDSLOTSRANGE', index * slotsEach, last);
  }
  for (const { redis, busPort } of others)
    await askRedis(first.redis.port, 'CLUSTER', 'MEET', '127.0.0.1', redis.port, busPort);
  const isAgreed = () => Promise.all(nodes.map((node) => isWhole(node, nodes.length)));
  await eventually(isAgreed, { timeoutMs: FORMED_WITHIN_MS });
  await replicate(nodes, masters);
}

async function replicate(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  const replicas = nodes.slice(masters);
  const masterPort = (index: number) => nodes[index % masters]?.redis.port ?? 0;
  for (const [index, { redis }] of replicas.entries())
    await askRedis(redis.port, 'CLUSTER', 'REPLICATE', await askRedisText(masterPort(index), 'CLUSTER', 'MYID'));
  const areFilled = () => Promise.all(replicas.map(isFilled));
  await eventually(areFilled, { timeoutMs: FORMED_WITHIN_MS });
  // a master that has not heard of its replica by gossip would not vote for it
  const areKnown = () => Promise.all(nodes.map((node) => knowsReplicas(node, replicas.length)));
  await eventually(areKnown, { timeoutMs: FORMED_WITHIN_MS });
}

async function isWhole({ redis }: ClusterNode, nodes: number): Promise<void> {
  const info = await askRedisText(redis.port, 'CLUSTER', 'INFO');
  if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${nodes}\r`))
    throw new Error(`the node at port ${redis.port} does not see the whole cluster: ${info}`);
}

/** A link that is up is not enough: the master keeps new writes back until the replica has acknowledged its first snapshot. */
async function isFilled({ redis }: ClusterNode): Promise<void> {
  const info = await askRedisText(redis.port, 'INFO', 'replication');
  if (!/slave_repl_offset:[1-9]/.test(info)) throw new Error(`the replica at port ${redis.port} hears no writes yet`);
}

async function knowsReplicas({ redis }: ClusterNode, replicas: number): Promise<void> {
  const text = await askRedisText(redis.port, 'CLUSTER', 'NODES');
  const known = text.match(/(?:^|[ ,])slave /gm)?.length ?? 0;
  if (known !== replicas) throw new Error(`the node at port ${redis.port} knows ${known} of ${replicas} replicas`);
}
