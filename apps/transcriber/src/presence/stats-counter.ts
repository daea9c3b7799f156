import type { Presence } from '@verbatim/backbone';

/** Often enough for a live dashboard, seldom enough to cost Redis nothing. Units: milliseconds. */
export const STATS_FLUSH_MS = 2000;

/** Counters of this process that are summed over the fleet in Redis; the gateway reads them for `/streaming/stats`. */
export interface StatsCounter {
  add(name: string, count: number): void;
  /** Writes what was counted since the last time; keeps it for the next time when Redis is away. */
  flush(): Promise<void>;
}

export function createStatsCounter(addStats: Presence['addStats']): StatsCounter {
  const counts = new Map<string, number>();
  const add = (name: string, count: number): void => {
    if (count !== 0) counts.set(name, (counts.get(name) ?? 0) + count);
  };
  return {
    add,
    async flush() {
      if (counts.size === 0) return;
      const deltas = Object.fromEntries([...counts].map(([name, count]) => [name, Math.round(count)]));
      counts.clear();
      try {
        await addStats(deltas);
      } catch {
        // Not logged: the connection's own events tell that Redis is away.
        for (const [name, count] of Object.entries(deltas)) add(name, count);
      }
    },
  };
}
