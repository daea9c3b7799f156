/** The first retry comes soon: most failures are a single lost packet. Units: milliseconds. */
const FIRST_DELAY_MS = 250;

/** Later ones leave a recogniser that is down in peace. Units: milliseconds. */
export const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before try number `attempt` (1 for the first retry): doubles from 250 ms up to 30 s, times 0.5–1 so that
 * sessions which failed together do not come back together.
 */
export function retryDelayMs(attempt: number, random: () => number): number {
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(delayMs * (0.5 + random() / 2));
}
