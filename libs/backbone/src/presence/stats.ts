import type { RedisConnection } from '../connection/redis-connection.ts';
import type { Presence } from '../faces.ts';
import type { Keys } from '../keys.ts';

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 24 * 60;

/**
 * The part of {@link Presence} that counts. The minute is the writer's: a clock that is off puts counts into a neighbouring minute and
 * loses none.
 */
export function createStats(connection: RedisConnection, keys: Keys): Pick<Presence, 'addStats' | 'readStats'> {
  const { client } = connection;
  return {
    addStats: (deltas) =>
      connection.run(async () => {
        const key = keys.stats(Math.floor(Date.now() / MINUTE_MS));
        const batch = client.multi();
        for (const [name, delta] of Object.entries(deltas)) batch.hincrbyfloat(key, name, delta);
        await batch.pexpire(key, KEPT_MINUTES * MINUTE_MS).exec();
      }),
    readStats: (minutes) =>
      connection.run(async () => {
        const thisMinute = Math.floor(Date.now() / MINUTE_MS);
        const wanted = Math.min(Math.max(1, Math.ceil(minutes)), KEPT_MINUTES);
        const keysRead = Array.from({ length: wanted }, (_, age) => keys.stats(thisMinute - age));
        return sumOf(await Promise.all(keysRead.map((key) => client.hgetall(key))));
      }),
  };
}

function sumOf(rollUps: readonly Record<string, string>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const rollUp of rollUps)
    for (const [name, value] of Object.entries(rollUp)) sums[name] = (sums[name] ?? 0) + Number(value);
  return sums;
}
