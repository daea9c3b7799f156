import type { SessionId } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import { dueScript } from '../scripts/due.ts';
import { expireScript } from '../scripts/expire.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { publishCommand } from '../text/subscriber.ts';

/** Sessions ended at a time: a gateway that died with a thousand must not hold Redis up for those that live. */
const PAGE_SESSIONS = 100;

/** What was due in a shard. */
interface Expired {
  readonly expired: readonly SessionId[];
  /** Members that had no record any more. */
  readonly gone: number;
}

/** Ends the wait of every session of a shard whose client did not come back in time. @throws SttError `storage_unavailable` */
export async function expireDue(parts: BackboneParts, shard: number): Promise<Expired> {
  const { commands, keys } = parts;
  const expired: SessionId[] = [];
  let gone = 0;
  for (;;) {
    const due = await commands.run((client) =>
      runScript(client, dueScript, {
        keys: { moments: keys.expiry(shard) },
        args: { offset: 0, limit: PAGE_SESSIONS },
      }),
    );
    const replies = await Promise.all(due.map((sessionId) => expireOne(parts, sessionId)));
    expired.push(...due.filter((_, index) => replies[index] === 'EXPIRED'));
    gone += replies.filter((reply) => reply === 'GONE').length;
    // whatever the replies say, nobody of this page is due any more: the next one is another page
    if (due.length < PAGE_SESSIONS) return { expired, gone };
  }
}

function expireOne({ commands, keys, settings }: BackboneParts, sessionId: SessionId) {
  return commands.run((client) =>
    runScript(client, expireScript, {
      keys: sessionKeys(keys, sessionId),
      args: {
        sessionId,
        keyTtlMs: settings.retentionMs + settings.reaperSlackMs,
        publish: publishCommand(commands),
      },
    }),
  );
}
