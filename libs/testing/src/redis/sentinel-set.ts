import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { startRedis } from './private-redis.ts';
import { askRedis } from './redis-question.ts';
import { startServer, type PrivateRedis } from './redis-server.ts';

export interface SentinelSetOptions {
  /** Servers beside the master. Default 2. */
  readonly replicas?: number;
  /** Default 3; more than half of them must agree. */
  readonly sentinels?: number;
  /** Silence after which a Sentinel thinks that a server is down. Default 500. */
  readonly downAfterMs?: number;
  /** Further arguments for each server, for example {@link FEW_LOST_WRITES}. */
  readonly args?: readonly string[];
}

/** A master, its replicas and their Sentinels, all on 127.0.0.1 and gone with the test. */
export interface RedisSentinelSet {
  /** `redis+sentinel://127.0.0.1:<port>,…/<master name>`. */
  readonly url: string;
  /** Master and replicas, in whatever roles they are now. */
  readonly nodes: readonly PrivateRedis[];
  readonly sentinels: readonly PrivateRedis[];
  /** The one that the first Sentinel that answers calls the master. */
  master(): Promise<PrivateRedis>;
  /** SIGKILL of the master. Returns it, to be restarted: the Sentinels then make it a replica. */
  killMaster(): Promise<PrivateRedis>;
  /** Asks a Sentinel to make another server the master; resolves when the Sentinels say that it is. */
  switchMaster(): Promise<void>;
  stop(): Promise<void>;
}

/** With these a master that is cut off refuses writes after two seconds, in place of losing what it takes in until it is demoted. */
export const FEW_LOST_WRITES = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2'] as const;

const MASTER_NAME = 'main';

/** A failover that does not come to an end is tried again after twice this. */
const FAILOVER_TIMEOUT_MS = 3000;

/** Sentinels find each other by messages that they send every two seconds. */
const KNOWN_WITHIN_MS = 20_000;

/** Down-after, an election and a promotion, on a loaded machine. */
const SWITCHED_WITHIN_MS = 20_000;

/** Without the first a replica waits five seconds before it is filled. */
const QUICK_REPLICATION = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

/** Starts the set and waits until every Sentinel knows all the others. @throws what {@link startRedis} throws */
export async function startRedisSentinelSet(options: SentinelSetOptions = {}): Promise<RedisSentinelSet> {
  const { replicas = 2, sentinels = 3, downAfterMs = 500, args = [] } = options;
  const started: PrivateRedis[] = [];
  const keep = (server: PrivateRedis) => {
    started.push(server);
    return server;
  };
  try {
    const serverArgs = [...QUICK_REPLICATION, ...args];
    const first = keep(await startRedis({ args: serverArgs }));
    const replicaOf = ['--replicaof', '127.0.0.1', String(first.port)];
    const startReplica = () => startRedis({ args: [...serverArgs, ...replicaOf] }).then(keep);
    const nodes = [first, ...(await Promise.all(Array.from({ length: replicas }, startReplica)))];
    await eventually(() => isFollowed(first, replicas), { timeoutMs: KNOWN_WITHIN_MS });
    const config = sentinelConfig({ masterPort: first.port, quorum: Math.floor(sentinels / 2) + 1, downAfterMs });
    const startOne = () => startSentinel(config).then(keep);
    const watchers = await Promise.all(Array.from({ length: sentinels }, startOne));
    await eventually(() => knowAll(watchers, replicas), { timeoutMs: KNOWN_WITHIN_MS });
    return createSet(nodes, watchers);
  } catch (error) {
    await Promise.all(started.map((server) => server.stop()));
    throw error;
  }
}

function createSet(nodes: readonly PrivateRedis[], sentinels: readonly PrivateRedis[]): RedisSentinelSet {
  const master = () => masterOf(nodes, sentinels);
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${MASTER_NAME}`,
    nodes,
    sentinels,
    master,
    async killMaster() {
      const killed = await master();
      await killed.kill();
      return killed;
    },
    async switchMaster() {
      const before = await master();
      const isSwitched = async () => {
        if ((await master()).port === before.port) throw new Error('the master was not switched');
      };
      // a Sentinel refuses while an earlier failover is not quite over
      await eventually(() => askFirst(sentinels, 'SENTINEL', 'FAILOVER', MASTER_NAME), {
        timeoutMs: SWITCHED_WITHIN_MS,
      });
      await eventually(isSwitched, { timeoutMs: SWITCHED_WITHIN_MS });
    },
    async stop() {
      await Promise.all([...sentinels, ...nodes].map((server) => server.stop()));
    },
  };
}

interface SentinelConfig {
  readonly masterPort: number;
  readonly quorum: number;
  readonly downAfterMs: number;
}

function sentinelConfig({ masterPort, quorum, downAfterMs }: SentinelConfig): string {
  return [
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} ${quorum}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
    '',
  ].join('\n');
}

function startSentinel(config: string): Promise<PrivateRedis> {
  return startServer({
    question: 'INFO server',
    async prepare(folder) {
      const configFile = join(folder, 'sentinel.conf');
      await writeFile(configFile, config);
      return { configFile, args: ['--sentinel', '--bind', '127.0.0.1', '--dir', folder] };
    },
  });
}

async function masterOf(nodes: readonly PrivateRedis[], sentinels: readonly PrivateRedis[]): Promise<PrivateRedis> {
  const address = await askFirst(sentinels, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME);
  const port = Array.isArray(address) ? Number(address[1]) : 0;
  const master = nodes.find((node) => node.port === port);
  if (!master) throw new Error(`the Sentinels call a stranger the master: ${JSON.stringify(address)}`);
  return master;
}

async function askFirst(sentinels: readonly PrivateRedis[], ...words: readonly string[]) {
  let lastError: unknown;
  for (const { port } of sentinels)
    try {
      return await askRedis(port, ...words);
    } catch (error) {
      lastError = error;
    }
  throw lastError;
}

async function isFollowed({ port }: PrivateRedis, replicas: number): Promise<void> {
  const info = String(await askRedis(port, 'INFO', 'replication'));
  const online = info.match(/state=online/g)?.length ?? 0;
  if (online < replicas) throw new Error(`${online} of ${replicas} replicas are online`);
}

/** A Sentinel that knows no replica would promote none, and one that knows no other Sentinel would find no majority. */
async function knowAll(sentinels: readonly PrivateRedis[], replicas: number): Promise<void> {
  for (const { port } of sentinels) {
    const fields = await askRedis(port, 'SENTINEL', 'MASTER', MASTER_NAME);
    const valueOf = (name: string) => (Array.isArray(fields) ? Number(fields[fields.indexOf(name) + 1]) : 0);
    const known = [valueOf('num-slaves'), valueOf('num-other-sentinels')];
    if (known[0] !== replicas || known[1] !== sentinels.length - 1)
      throw new Error(`a Sentinel knows ${known[0]} replicas and ${known[1]} other Sentinels`);
    await askRedis(port, 'SENTINEL', 'CKQUORUM', MASTER_NAME);
  }
}
