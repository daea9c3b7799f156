import { startFleet, type Fleet, type FleetOptions } from '@verbatim/fleet';
import { createRandom } from '@verbatim/testing';
import type { ScenarioResult } from './report/run-result.ts';
import type { Scale, Scenario, ScenarioReport } from './scenario.ts';

export interface RunOptions {
  readonly seed: number;
  readonly scale: Scale;
  readonly say: (line: string) => void;
  /** Scenarios that follow each other with the same fleet use one; default false: each has a fresh one. */
  readonly sharesFleets?: boolean;
}

/** Runs scenarios one after the other. One that breaks is a violation of its own; the others run all the same. */
export async function runScenarios(scenarios: readonly Scenario[], options: RunOptions): Promise<ScenarioResult[]> {
  const lender = createLender();
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of scenarios) {
      results.push(await runScenario(scenario, options, lender));
      if (options.sharesFleets !== true || results.at(-1)?.violations.length !== 0) await lender.takeBack();
    }
  } finally {
    await lender.takeBack();
  }
  return results;
}

async function runScenario(scenario: Scenario, options: RunOptions, lender: Lender): Promise<ScenarioResult> {
  const { name, goal } = scenario;
  const { seed, scale } = options;
  const say = (line: string) => options.say(`${name}: ${line}`);
  say(`seed ${seed}, scale ${scale}`);
  const startedMs = performance.now();
  const report = await scenario
    .run({ seed, scale, say, random: createRandom(seed), fleet: lender.lend })
    .catch((failure: unknown): ScenarioReport => ({ figures: [], violations: [`broke: ${describe(failure)}`] }));
  const tookMs = Math.round(performance.now() - startedMs);
  say(`${report.violations.length} violations in ${Math.round(tookMs / 1000)} s`);
  return { name, goal, seed, tookMs, ...report };
}

function describe(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

interface Lender {
  readonly lend: (options: FleetOptions) => Promise<Fleet>;
  takeBack(): Promise<void>;
}

/** Keeps the last fleet for the next scenario that wants the same. */
function createLender(): Lender {
  let lent: { readonly wish: string; readonly fleet: Fleet } | undefined;
  const takeBack = async () => {
    const fleet = lent?.fleet;
    lent = undefined;
    await fleet?.stop();
  };
  return {
    takeBack,
    async lend(options) {
      const wish = JSON.stringify(options);
      if (lent?.wish === wish) return lent.fleet;
      await takeBack();
      const fleet = await startFleet(options);
      lent = { wish, fleet };
      return fleet;
    },
  };
}
