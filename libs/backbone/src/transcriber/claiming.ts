import { randomInt } from 'node:crypto';
import { formatShard, shardOf, type ProviderName, type SessionId } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { ClaimedSession } from '../faces.ts';
import { claimScript } from '../scripts/claim.ts';
import { dueScript } from '../scripts/due.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { decodeConfig } from '../stored-config.ts';
import { whatAnswered } from '../what-answered.ts';

/** Candidates asked of a shard at a time. */
const PAGE_CANDIDATES = 32;

export interface ClaimRequest {
  readonly nodeId: string;
  readonly limit: number;
  readonly providers: readonly ProviderName[];
}

/**
 * Claims up to `limit` sessions over all shards, starting at a random one so that no shard is always last.
 * Invariant: never more than `limit`; sessions for other recognisers are passed over, however many stand in front.
 */
export async function claimSessions(parts: BackboneParts, request: ClaimRequest): Promise<readonly ClaimedSession[]> {
  const { shards } = parts.settings;
  const first = randomInt(shards);
  let open = Array.from({ length: shards }, (_, index) => ({
    shard: formatShard((first + index) % shards),
    offset: 0,
  }));
  const claimed: ClaimedSession[] = [];
  while (open.length > 0 && claimed.length < request.limit) {
    const pages = await whatAnswered(open.map((cursor) => listDue(parts, cursor)));
    const passedOver = new Map<string, number>();
    for (const candidates of batches(
      interleave(pages.map((page) => page ?? [])),
      () => request.limit - claimed.length,
    )) {
      const results = await whatAnswered(candidates.map((sessionId) => claimOne(parts, request, sessionId)));
      results.forEach((result, index) => {
        const shard = shardOf(candidates[index] as SessionId);
        if (result === 'passed_over') passedOver.set(shard, (passedOver.get(shard) ?? 0) + 1);
        else if (result !== undefined && result !== 'not_to_be_had') claimed.push(result);
      });
    }
    // those passed over stay in the list and are skipped; all others have left it
    open = open
      .filter((_, index) => pages[index]?.length === PAGE_CANDIDATES)
      .map(({ shard, offset }) => ({ shard, offset: offset + (passedOver.get(shard) ?? 0) }));
  }
  return claimed;
}

function listDue({ commands, keys }: BackboneParts, cursor: { readonly shard: string; readonly offset: number }) {
  return commands.run((client) =>
    runScript(client, dueScript, {
      keys: { moments: keys.open(cursor.shard) },
      args: { offset: cursor.offset, limit: PAGE_CANDIDATES },
    }),
  );
}

async function claimOne(
  { commands, keys, settings }: BackboneParts,
  { nodeId, providers }: ClaimRequest,
  sessionId: SessionId,
): Promise<ClaimedSession | 'passed_over' | 'not_to_be_had'> {
  const reply = await commands.run((client) =>
    runScript(client, claimScript, {
      keys: sessionKeys(keys, sessionId),
      args: { sessionId, nodeId, leaseMs: settings.leaseMs },
      moreArgs: providers.map((provider) => ({ provider })),
    }),
  );
  switch (reply.kind) {
    case 'OTHER_PROVIDER':
      return 'passed_over';
    case 'TAKEN':
    case 'GONE':
      return 'not_to_be_had';
    case 'CLAIMED': {
      const { fence, seq: lastSeq, checkpoint, failedOwners } = reply;
      const config = decodeConfig(reply.config);
      return { sessionId, fence, config, lastSeq, checkpoint, isTakeover: fence > 1, failedOwners };
    }
  }
}

/** One of each list in turn: a full shard does not keep the others waiting. */
function interleave(lists: readonly (readonly SessionId[])[]): SessionId[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

/** Cuts off as many as are still wanted, again and again, until nothing is wanted or left. */
function* batches(candidates: SessionId[], wanted: () => number): Generator<readonly SessionId[]> {
  let rest = candidates;
  while (rest.length > 0 && wanted() > 0) {
    const size = wanted();
    yield rest.slice(0, size);
    rest = rest.slice(size);
  }
}
