import type { ReapedShard, ReaperSide } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';

/** Ids of expired sessions in one log line; a mass of them is a matter for the counters. */
const LOGGED_IDS = 20;

export interface ReapParts {
  readonly backbone: Pick<ReaperSide, 'shards' | 'reapShard' | 'addStats'>;
  readonly log: Pick<Logger, 'info'>;
}

/** What one round over all shards came to; BullMQ keeps it with the job. */
export interface Reaped {
  readonly expired: number;
  readonly healed: number;
}

/**
 * Creates the work of one job: a look at every shard. What the shards in reach came to is counted and told even when others
 * fail. Counts are taken along to the next round when Redis does not take them now.
 * @returns a function that throws what the first failed shard threw, so that the job fails
 */
export function createReap({ backbone, log }: ReapParts): () => Promise<Reaped> {
  const uncounted = { expired_sessions: 0, healed_members: 0 };

  async function count(): Promise<void> {
    const deltas = { ...uncounted };
    if (deltas.expired_sessions === 0 && deltas.healed_members === 0) return;
    await backbone.addStats(deltas);
    uncounted.expired_sessions -= deltas.expired_sessions;
    uncounted.healed_members -= deltas.healed_members;
  }

  return async () => {
    const shards = Array.from({ length: backbone.shards }, (_, shard) => backbone.reapShard(shard));
    const results = await Promise.allSettled(shards);
    const reaped = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const sum = sumOf(reaped);
    uncounted.expired_sessions += sum.expired;
    uncounted.healed_members += sum.healed;
    if (sum.expired + sum.healed > 0) sayReaped(log, reaped, sum);
    await count().catch(() => undefined);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return sum;
  };
}

function sumOf(reaped: readonly ReapedShard[]): Reaped {
  return {
    expired: reaped.reduce((sum, { expired }) => sum + expired.length, 0),
    healed: reaped.reduce((sum, { healed }) => sum + healed, 0),
  };
}

function sayReaped(log: Pick<Logger, 'info'>, reaped: readonly ReapedShard[], sum: Reaped): void {
  const sessionIds = reaped.flatMap(({ expired }) => expired).slice(0, LOGGED_IDS);
  log.info({ event: 'reaped', ...sum, session_ids: sessionIds }, 'sessions that nobody came back to were ended');
}
