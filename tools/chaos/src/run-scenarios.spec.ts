import { describe, expect, it } from '@jest/globals';
import { runScenarios } from './run-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

const options = { seed: 3, scale: 'smoke', say: () => undefined } as const;

const dice: Scenario = {
  ...{ name: 'dice', goal: 'none' },
  run: ({ random }) =>
    Promise.resolve({
      figures: [{ what: 'thrown', value: random.integer(1, 6), unit: '', samples: 1 }],
      violations: [],
    }),
};
const broken: Scenario = { name: 'broken', goal: 'none', run: () => Promise.reject(new Error('no such process')) };

describe('running scenarios', () => {
  it('gives every scenario the same chance from the same seed, whatever ran before it', async () => {
    const alone = await runScenarios([dice], options);
    const later = await runScenarios([broken, dice], options);
    expect(later[1]?.figures).toEqual(alone[0]?.figures);
    expect(alone[0]).toMatchObject({ name: 'dice', seed: 3, violations: [] });
  });

  it('counts a scenario that breaks as violated and goes on', async () => {
    const results = await runScenarios([broken, dice], options);
    expect(results.map(({ violations }) => violations.length)).toEqual([1, 0]);
    expect(results[0]?.violations[0]).toContain('no such process');
  });

  it('knows each scenario by one name', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });
});
