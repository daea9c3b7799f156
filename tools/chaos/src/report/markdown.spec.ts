import { describe, expect, it } from '@jest/globals';
import { toMarkdown } from './markdown.ts';
import { isReached, type ScenarioResult } from './run-result.ts';

const machine = { cpuModel: 'cpu', cores: 2, memoryBytes: 1, nodeVersion: 'v20', commit: 'abc', isDirty: true };
const scenario: ScenarioResult = {
  ...{ name: 'kill', goal: 'nothing lost', seed: 7, tookMs: 1, violations: [] },
  figures: [
    { what: 'takeover', value: 2400, unit: 'ms', samples: 9, atMost: 2500 },
    { what: 'refused', value: 0, unit: '', samples: 1, atLeast: 1 },
    { what: 'words', value: Number.NaN, unit: '', samples: 0 },
  ],
};
const print = (changes: Partial<ScenarioResult>) =>
  toMarkdown({ at: '2026-01-02T03:04:05Z', scale: 'smoke', machine, scenarios: [{ ...scenario, ...changes }] });

describe('the report', () => {
  it('says for each figure whether its goal is reached', () => {
    expect(scenario.figures.map(isReached)).toEqual([true, false, undefined]);
    expect(print({}).split('\n')).toEqual([
      'Measured 2026-01-02, scale smoke: cpu, 2 cores, Node v20, commit abc with changes.',
      '',
      '| scenario | what | goal | measured | N | reached |',
      '| --- | --- | --- | --- | --- | --- |',
      '| **kill** | nothing lost |  |  | seed 7 | 0 violations |',
      '|  | takeover | ≤ 2500 ms | 2400 ms | 9 | yes |',
      '|  | refused | ≥ 1 | 0 | 1 | **no** |',
      '|  | words | – | n/a | 0 | – |',
    ]);
  });

  it('lists the first violations and how to run them again', () => {
    const text = print({ violations: Array.from({ length: 12 }, (_, index) => `word ${index}`) });
    expect(text).toContain('**12 violations**');
    expect(text).toContain('npm run chaos -- kill --seed 7');
    expect(text).toContain('- word 9\n- and 2 more');
  });

  it('says why a scenario was left out', () => {
    expect(print({ skipped: 'no libfaketime' })).toContain('skipped: no libfaketime');
  });
});
