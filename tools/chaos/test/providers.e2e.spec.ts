import { beforeAll, describe, expect, it } from '@jest/globals';
import { runScenarios, SCENARIOS, type ScenarioResult } from '../src/index.ts';

/** Each has a fleet and emulators of its own. */
const SMOKED = ['google-rotation', 'provider-death'];

/** Fixed, so that a failure is the same one the next time. */
const SEED = 20_261_126;

const WITHIN_MS = 120_000;

describe('small runs of the chaos scenarios over recognisers that fail', () => {
  let results: readonly ScenarioResult[];

  beforeAll(async () => {
    const scenarios = SCENARIOS.filter(({ name }) => SMOKED.includes(name));
    results = await runScenarios(scenarios, { seed: SEED, scale: 'smoke', say: () => undefined });
  }, WITHIN_MS);

  it.each(SMOKED)('%s violates nothing', (name) => {
    expect(results.find((result) => result.name === name)?.violations).toEqual([]);
  });

  it('change streams in mid-speech and recognisers in mid-session', () => {
    const figures = new Map(results.flatMap((result) => result.figures).map((figure) => [figure.what, figure]));
    expect(figures.get('streams ended by us in mid-speech')?.value).toBeGreaterThanOrEqual(2);
    expect(figures.get('from the death to text by the next recogniser, p50')?.samples).toBeGreaterThan(4);
  });
});
