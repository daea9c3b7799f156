import { nodeRecordSchema, type NodeRecord } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { Presence } from '../faces.ts';
import type { Keys } from '../keys.ts';

/** Three heartbeats of 3 s may be late before a process counts as gone. */
const NODE_TTL_MS = 10_000;

/** The index holds ids only; it outlives the records so that a fleet that pauses is found again. */
const INDEX_TTL_MS = 60_000;

/** The part of {@link Presence} that is about processes. */
export function createNodeRecords(
  connection: RedisConnection,
  keys: Keys,
): Pick<Presence, 'heartbeat' | 'leave' | 'listNodes'> {
  const { client } = connection;

  const readNode = async (nodeId: string) => {
    const fields = await client.hgetall(keys.node(nodeId));
    // whoever is listed without a record has vanished; should it heartbeat just now, its next heartbeat lists it again
    if (Object.keys(fields).length === 0) await client.zrem(keys.nodes(), nodeId);
    const record = decodeRecord(fields);
    return record === undefined ? [] : [{ nodeId, record }];
  };

  return {
    heartbeat: (nodeId, record) =>
      connection.run(async () => {
        const key = keys.node(nodeId);
        await client.multi().hset(key, encodeRecord(record)).pexpire(key, NODE_TTL_MS).exec();
        await client.multi().zadd(keys.nodes(), Date.now(), nodeId).pexpire(keys.nodes(), INDEX_TTL_MS).exec();
      }),
    leave: (nodeId) =>
      connection.run(async () => {
        await Promise.all([client.del(keys.node(nodeId)), client.zrem(keys.nodes(), nodeId)]);
      }),
    listNodes: () =>
      connection.run(async () => {
        const nodeIds = await client.zrange(keys.nodes(), 0, '-1');
        return (await Promise.all(nodeIds.map(readNode))).flat();
      }),
  };
}

function encodeRecord(record: NodeRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** A record of another version that does not fit is left out rather than shown wrong. */
function decodeRecord(fields: Record<string, string>): NodeRecord | undefined {
  try {
    const values = Object.fromEntries(
      Object.entries(fields).map(([name, json]) => [name, JSON.parse(json) as unknown]),
    );
    return nodeRecordSchema.safeParse(values).data;
  } catch {
    return undefined;
  }
}
