import { eventually } from '../eventually.ts';
import { askRedis, askRedisText } from './redis-question.ts';
import type { PrivateRedis } from './redis-server.ts';

/** Which node of a cluster serves what, and how that is changed. */
export interface ClusterMap {
  /** The slot of a key or channel name. */
  slotOf(name: string): Promise<number>;
  /** The master of a slot, as the nodes that answer see it. */
  masterOf(slot: number): Promise<PrivateRedis>;
  /** Moves a slot with its keys to another master, live, as `redis-cli --cluster reshard` does. */
  moveSlot(slot: number, to: PrivateRedis): Promise<void>;
}

const KEYS_PER_MOVE = 100;
const MIGRATE_TIMEOUT_MS = 5000;

/** Nodes tell each other by gossip. */
const KNOWN_WITHIN_MS = 15_000;

export function createMap(nodes: readonly PrivateRedis[]): ClusterMap {
  const masterOf = (slot: number) => findMaster(nodes, slot);
  return {
    slotOf: async (name) => Number(await askAny(nodes, ['CLUSTER', 'KEYSLOT', name])),
    masterOf,
    async moveSlot(slot, to) {
      const from = await masterOf(slot);
      if (from.port === to.port) return;
      const [fromId, toId] = await Promise.all([from, to].map(({ port }) => askRedisText(port, 'CLUSTER', 'MYID')));
      await askRedis(to.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId ?? '');
      await askRedis(from.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId ?? '');
      await moveKeys(slot, from.port, to.port);
      // the new master first: were the old one told first, nobody would serve the slot in between
      for (const { port } of [to, from]) await askRedis(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId ?? '');
      await eventually(() => allSee(nodes, slot, to.port), { timeoutMs: KNOWN_WITHIN_MS });
    },
  };
}

async function moveKeys(slot: number, fromPort: number, toPort: number): Promise<void> {
  for (;;) {
    const keys = await askRedis(fromPort, 'CLUSTER', 'GETKEYSINSLOT', slot, KEYS_PER_MOVE);
    if (!Array.isArray(keys) || keys.length === 0) return;
    const target = ['127.0.0.1', toPort, '', 0, MIGRATE_TIMEOUT_MS] as const;
    await askRedis(fromPort, 'MIGRATE', ...target, 'KEYS', ...keys.map(String));
  }
}

async function findMaster(nodes: readonly PrivateRedis[], slot: number): Promise<PrivateRedis> {
  const port = masterPort(String(await askAny(nodes, ['CLUSTER', 'NODES'])), slot);
  const master = nodes.find((node) => node.port === port);
  if (!master) throw new Error(`nobody serves slot ${slot}`);
  return master;
}

async function allSee(nodes: readonly PrivateRedis[], slot: number, port: number): Promise<void> {
  for (const node of nodes) {
    // a node that is dead sees nothing and need not
    const text = await askRedisText(node.port, 'CLUSTER', 'NODES').catch(() => undefined);
    if (text !== undefined && masterPort(text, slot) !== port)
      throw new Error(`the node at port ${node.port} does not know yet where slot ${slot} is`);
  }
}

async function askAny(nodes: readonly PrivateRedis[], words: readonly string[]) {
  let lastError: unknown;
  for (const { port } of nodes)
    try {
      return await askRedis(port, ...words);
    } catch (error) {
      lastError = error;
    }
  throw lastError;
}

/** Reads `CLUSTER NODES`: `<id> <ip>:<port>@<bus> <flags> <master> <ping> <pong> <epoch> <link> <slots> …`. */
function masterPort(text: string, slot: number): number | undefined {
  for (const line of text.split('\n')) {
    const [, address = '', flags = '', , , , , , ...slots] = line.split(' ');
    const isServing = /\bmaster\b/.test(flags) && !/\bfail\b/.test(flags);
    if (isServing && slots.some((range) => isInRange(range, slot))) return Number(/:(\d+)@/.exec(address)?.[1]);
  }
  return undefined;
}

function isInRange(range: string, slot: number): boolean {
  const [first, last = first] = range.split('-').map(Number);
  return first !== undefined && last !== undefined && slot >= first && slot <= last;
}
