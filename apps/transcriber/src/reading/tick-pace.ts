/** So many reads in a row may bring nothing before the pace slows: 100 ms entries leave four of five 20 ms ticks empty. */
const PATIENCE_TICKS = 10;

/** The slowest pace while sessions are held: what a first word after a long pause may cost at the most. Units: milliseconds. */
export const SLOWEST_TICK_MS = 100;

/** How long to wait before the next read, after `emptyReads` reads in a row that brought nothing. Units: milliseconds. */
export function tickDelayMs(tickMs: number, emptyReads: number): number {
  if (emptyReads <= PATIENCE_TICKS) return tickMs;
  const slower = tickMs * 2 ** Math.min(emptyReads - PATIENCE_TICKS, 10);
  return Math.max(tickMs, Math.min(SLOWEST_TICK_MS, slower));
}
