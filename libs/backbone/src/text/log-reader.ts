import type { Cluster, Redis } from 'ioredis';
import type { Seq } from '@verbatim/protocol';
import type { DurableMessage } from '../faces.ts';

/** An hour of speech is about 600 finals; one read seldom needs a second page. */
const PAGE_ENTRIES = 1000;

/** Reads a session's durable messages after `afterSeq`, in order. */
export async function readLogEntries(
  client: Redis | Cluster,
  logKey: string,
  afterSeq: Seq,
): Promise<readonly DurableMessage[]> {
  const messages: DurableMessage[] = [];
  let lastSeq: number = afterSeq;
  for (;;) {
    const page = await client.xrange(logKey, `${lastSeq + 1}-0`, '+', 'COUNT', PAGE_ENTRIES);
    for (const [id, fields] of page) {
      lastSeq = Number(id.slice(0, id.indexOf('-')));
      messages.push({ seq: lastSeq as Seq, json: fields[1] ?? '' });
    }
    if (page.length < PAGE_ENTRIES) return messages;
  }
}
