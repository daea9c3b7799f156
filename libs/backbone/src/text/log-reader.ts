import type { Cluster, Redis } from 'ioredis';
import type { Seq } from '@verbatim/protocol';
import type { DurableMessage } from '../faces.ts';

/** An hour of speech is about 600 finals; one read seldom needs a second page. */
const PAGE_ENTRIES = 1000;

/** Reads a session's durable messages after `afterSeq`, in order, up to `limit` of them. */
export async function readLogEntries(
  client: Redis | Cluster,
  logKey: string,
  afterSeq: Seq,
  limit = Infinity,
): Promise<readonly DurableMessage[]> {
  const messages: DurableMessage[] = [];
  let lastSeq: number = afterSeq;
  for (;;) {
    const wanted = Math.min(PAGE_ENTRIES, limit - messages.length);
    const page = await client.xrange(logKey, `${lastSeq + 1}-0`, '+', 'COUNT', wanted);
    for (const [id, fields] of page) {
      lastSeq = Number(id.slice(0, id.indexOf('-')));
      messages.push({ seq: lastSeq as Seq, json: fields[1] ?? '' });
    }
    if (page.length < PAGE_ENTRIES || messages.length === limit) return messages;
  }
}
