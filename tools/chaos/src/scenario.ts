import type { Fleet, FleetOptions } from '@verbatim/fleet';
import type { SeededRandom } from '@verbatim/testing';

/** `smoke` proves in seconds that a scenario works, `full` gives the figures that are worth quoting. */
export const SCALES = ['smoke', 'full'] as const;
export type Scale = (typeof SCALES)[number];

/** One measured line of a report. A goal that is not reached is said; it is no violation. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** How many observations stand behind the value. */
  readonly samples: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface ScenarioReport {
  readonly figures: readonly Figure[];
  /** Broken promises, one sentence each: with any of them the run has failed. */
  readonly violations: readonly string[];
  /** Why it did not run here. */
  readonly skipped?: string;
}

export interface ScenarioContext {
  readonly seed: number;
  /** The only source of chance; the same seed makes the same decisions. */
  readonly random: SeededRandom;
  readonly scale: Scale;
  /** Says how far it is. */
  readonly say: (line: string) => void;
  /**
   * A fleet of these options. Who asked does not stop it; one of the same options may be shared by scenarios, so each leaves as many
   * processes running as it found.
   */
  readonly fleet: (options: FleetOptions) => Promise<Fleet>;
}

/** One kind of fault, made on purpose, and what must hold all the same. */
export interface Scenario {
  /** As the command line knows it. */
  readonly name: string;
  /** The goal in words, with its figures. */
  readonly goal: string;
  run(context: ScenarioContext): Promise<ScenarioReport>;
}
