import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { Presence } from '../faces.ts';
import { readLogEntries } from '../text/log-reader.ts';
import { createNodeRecords } from './node-records.ts';
import { createStats } from './stats.ts';

/** What both faces can do, apart from closing. */
export function createPresence({ commands: connection, keys, settings }: BackboneParts): Omit<Presence, 'close'> {
  return {
    ...createNodeRecords(connection, keys),
    ...createStats(connection, keys),
    countOpenSessions: () =>
      connection.run(async (client) => {
        const shards = Array.from({ length: settings.shards }, (_, shard) => client.zcard(keys.open(shard)));
        return (await Promise.all(shards)).reduce((sum, count) => sum + count, 0);
      }),
    ping: () =>
      connection.run(async (client) => {
        const sentAtMs = performance.now();
        await client.ping();
        return performance.now() - sentAtMs;
      }),
    readLog: (sessionId, afterSeq, limit) =>
      connection.run((client) => readLogEntries(client, keys.log(sessionId), afterSeq, limit)),
  };
}
