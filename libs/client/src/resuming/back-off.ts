import type { CloseAction } from './close-action.ts';

/** 42xx: one event on the server, such as a drain, sends many clients at once. Units: milliseconds. */
const RECONNECT_WITHIN_MS = 2_000;

/** 1006: captions have stopped, so this is short; enough to spread the clients of a killed gateway (ADR 11). Units: milliseconds. */
const FIRST_RETRY_WITHIN_MS = 500;

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

export interface FailedTry {
  readonly action: Extract<CloseAction, 'back_off' | 'reconnect' | 'network'>;
  /** Tries in a row that had failed before this one. */
  readonly failures: number;
  /** What the gateway asked for; 0 for nothing. Units: milliseconds. */
  readonly retryAfterMs: number;
  /** Evenly distributed in [0, 1). */
  readonly chance: number;
}

/** How long to wait before the next try. Units: milliseconds. */
export function retryDelayMs({ action, failures, retryAfterMs, chance }: FailedTry): number {
  return Math.max(retryAfterMs, ownDelayMs(action, failures, chance));
}

function ownDelayMs(action: FailedTry['action'], failures: number, chance: number): number {
  if (action === 'back_off') return backOffMs(failures, chance);
  if (failures > 0) return backOffMs(failures - 1, chance);
  return chance * (action === 'reconnect' ? RECONNECT_WITHIN_MS : FIRST_RETRY_WITHIN_MS);
}

/** Doubles with each failure; between half of it and all of it, so that clients that failed together do not return together. */
function backOffMs(failures: number, chance: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures) * (0.5 + 0.5 * chance);
}

/** How long to stay after `go_away`: as spread as a 4200, but gone before half of the replica's time is over. Units: milliseconds. */
export function moveDelayMs(timeLeftMs: number, chance: number): number {
  return chance * Math.min(RECONNECT_WITHIN_MS, timeLeftMs / 2);
}
