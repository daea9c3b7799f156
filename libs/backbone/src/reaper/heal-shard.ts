import type { SessionId } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import { healScript } from '../scripts/heal.ts';
import { runScript } from '../scripts/script.ts';
import { groupByShard } from '../shard-groups.ts';

/** Members a step of the scan looks at, about; a small set comes whole. */
const SCAN_MEMBERS = 100;

const SCAN_STARTS_AND_ENDS_AT = '0';

/**
 * Takes members without a record out of both sets of a shard, page by page. Their keys went by TTL: no transcriber was there to
 * finalise them and no reaper in time. Returns how many sessions it took out.
 * @throws SttError `storage_unavailable`
 */
export async function healShard(parts: BackboneParts, shard: number): Promise<number> {
  const { keys } = parts;
  return (await healSet(parts, keys.open(shard))) + (await healSet(parts, keys.expiry(shard)));
}

async function healSet(parts: BackboneParts, set: string): Promise<number> {
  let healed = 0;
  let cursor = SCAN_STARTS_AND_ENDS_AT;
  do {
    const [next, flat] = await parts.commands.run((client) => client.zscan(set, cursor, 'COUNT', SCAN_MEMBERS));
    // member, score, member, score …
    healed += await healMembers(parts, flat.filter((_, index) => index % 2 === 0) as SessionId[]);
    cursor = next;
  } while (cursor !== SCAN_STARTS_AND_ENDS_AT);
  return healed;
}

async function healMembers({ commands, keys }: BackboneParts, members: readonly SessionId[]): Promise<number> {
  const calls = groupByShard(members, (sessionId) => sessionId).map(([shard, group]) =>
    commands.run((client) =>
      runScript(client, healScript, {
        keys: { open: keys.open(shard), expiry: keys.expiry(shard) },
        args: {},
        moreKeys: group.map((sessionId) => ({ session: keys.session(sessionId) })),
        moreArgs: group.map((sessionId) => ({ sessionId })),
      }),
    ),
  );
  return (await Promise.all(calls)).reduce((sum, count) => sum + count, 0);
}
