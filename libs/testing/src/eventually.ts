import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to go on trying. Units: milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Pause between two tries. Units: milliseconds. Default 20. */
  readonly everyMs?: number;
}

/**
 * Waits until `check` passes: resolves with the first value that it returns without throwing.
 * @throws the last error of `check` once the time is up.
 */
export async function eventually<Value>(
  check: () => Value | Promise<Value>,
  { timeoutMs = 5000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Value> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadlineMs) throw error;
    }
    await sleep(everyMs);
  }
}
