import type { RedisConnection } from '../connection/redis-connection.ts';
import { appendScript } from '../scripts/append.ts';
import { runScript } from '../scripts/script.ts';
import type { PendingEntry } from './append-window.ts';

/** What Redis answered: it is stored · there is no stream · what stood before it is gone, so it was not stored. */
export type AppendReply = 'STORED' | 'GONE' | 'ROLLED_BACK';

export interface Append {
  readonly sessionKey: string;
  readonly audioKey: string;
  readonly entry: PendingEntry;
  /** Id of the entry before it. */
  readonly afterStreamId: string;
}

/**
 * Offers one entry to Redis.
 *
 * On a single Redis and behind Sentinels a plain XADD will do: a failover there always cuts the connection, and nothing is offered
 * again before the writer has looked at what is left. On a cluster ioredis follows a slot to its new master without a word, in the
 * middle of anything; there a script makes each append conditional on the one before it. The same script stores an entry and the
 * beginning of the client's file with it: a failover between the two would leave packed audio that nobody can go on with.
 * @throws what ioredis throws
 * @see docs/adr/0007-acknowledged-audio-is-verified-after-each-reconnect.md
 */
export async function appendEntry(connection: RedisConnection, append: Append): Promise<AppendReply> {
  const { client, isCluster } = connection;
  const { sessionKey, audioKey, entry, afterStreamId } = append;
  const { streamId, fields, mediaHeader } = entry;
  if (!isCluster && mediaHeader === undefined) {
    const id = await client.xadd(audioKey, 'NOMKSTREAM', streamId, ...fields);
    return id === null ? 'GONE' : 'STORED';
  }
  const [field, content, , clientBytes, , restartFrame = ''] = fields;
  return runScript(client, appendScript, {
    keys: { audio: audioKey, session: sessionKey },
    args: { streamId, afterStreamId, field, content, clientBytes, restartFrame, mediaHeader: mediaHeader ?? '' },
  });
}
