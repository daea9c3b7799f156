import { describe, expect, it } from '@jest/globals';
import type { ReapedShard } from '@verbatim/backbone';
import type { SessionId } from '@verbatim/protocol';
import { createReap } from './reap.ts';

const NOTHING: ReapedShard = { expired: [], healed: 0 };
const ids = (...names: string[]) => names as SessionId[];

function bench(shards: readonly (ReapedShard | Error)[]) {
  const counted: unknown[] = [];
  const lines: unknown[] = [];
  let isAway = false;
  const content = [...shards];
  const reap = createReap({
    backbone: {
      shards: shards.length,
      reapShard(shard) {
        const result = content[shard] ?? NOTHING;
        content[shard] = NOTHING;
        return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
      },
      addStats: (deltas) => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(void counted.push(deltas))),
    },
    log: { info: (fields: object | string) => void lines.push(fields) },
  });
  return { reap, counted, lines, setAway: (away: boolean) => (isAway = away) };
}

describe('one round of reaping', () => {
  it('looks at every shard, counts once and says one line', async () => {
    const { reap, counted, lines } = bench([
      { expired: ids('a', 'b'), healed: 0 },
      NOTHING,
      { expired: [], healed: 3 },
    ]);
    expect(await reap()).toEqual({ expired: 2, healed: 3 });
    expect(await reap()).toEqual({ expired: 0, healed: 0 });
    expect(counted).toEqual([{ expired_sessions: 2, healed_members: 3 }]);
    expect(lines).toEqual([{ event: 'reaped', expired: 2, healed: 3, session_ids: ['a', 'b'] }]);
  });

  it('counts what it did when another shard fails, and fails', async () => {
    const { reap, counted } = bench([new Error('its master is down'), { expired: ids('a'), healed: 0 }]);
    await expect(reap()).rejects.toThrow('its master is down');
    expect(counted).toEqual([{ expired_sessions: 1, healed_members: 0 }]);
  });

  it('takes along what could not be counted', async () => {
    const { reap, counted, setAway } = bench([{ expired: ids('a'), healed: 1 }]);
    setAway(true);
    await reap();
    setAway(false);
    await reap();
    await reap();
    expect(counted).toEqual([{ expired_sessions: 1, healed_members: 1 }]);
  });
});
