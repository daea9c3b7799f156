import { beforeAll, describe, expect, it } from '@jest/globals';
import { runScenarios, SCENARIOS, type ScenarioResult } from '../src/index.ts';

/** One fleet serves them all; their full runs are `npm run chaos`. */
const SMOKED = ['transcriber-kill', 'zombie', 'gateway-kill', 'rolling-deploy', 'redis-restart-aof'];

/** Fixed, so that a failure is the same one the next time. */
const SEED = 20_261_126;

const WITHIN_MS = 90_000;

describe('small runs of the chaos scenarios, over one fleet of real processes', () => {
  let results: readonly ScenarioResult[];

  beforeAll(async () => {
    const scenarios = SCENARIOS.filter(({ name }) => SMOKED.includes(name));
    results = await runScenarios(scenarios, { seed: SEED, scale: 'smoke', sharesFleets: true, say: () => undefined });
  }, WITHIN_MS);

  it.each(SMOKED)('%s violates nothing', (name) => {
    expect(results.find((result) => result.name === name)?.violations).toEqual([]);
  });

  it('checks words one by one in each of them', () => {
    const checked = results.map(({ figures }) => figures.find(({ what }) => what.startsWith('words checked'))?.value);
    expect(checked).toHaveLength(SMOKED.length);
    for (const words of checked) expect(words).toBeGreaterThan(100);
  });
});
