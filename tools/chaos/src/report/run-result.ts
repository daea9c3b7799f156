import type { Figure, Scale, ScenarioReport } from '../scenario.ts';
import type { Machine } from '@verbatim/testing';

/** What one scenario gave. */
export interface ScenarioResult extends ScenarioReport {
  readonly name: string;
  readonly goal: string;
  readonly seed: number;
  readonly tookMs: number;
}

/** What stands in a result file. */
export interface RunResult {
  readonly at: string;
  readonly scale: Scale;
  readonly machine: Machine;
  readonly scenarios: readonly ScenarioResult[];
}

/** Whether a figure is where its goal wants it; `undefined` for one without a goal. */
export function isReached({ value, atMost, atLeast }: Figure): boolean | undefined {
  if (atMost === undefined && atLeast === undefined) return undefined;
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
}

export function hasFailed({ violations }: ScenarioResult): boolean {
  return violations.length > 0;
}
