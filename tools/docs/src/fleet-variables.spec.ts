import { describe, expect, it } from '@jest/globals';
import { fleetVariableProblems } from './fleet-variables.ts';

const app = (...names: string[]) => ({
  name: 'gateway',
  variables: names.map((name) => ({ name, description: '', allowed: 'text', isRequired: false, isSecret: false })),
});

describe('fleetVariableProblems', () => {
  it('finds nothing when the list holds exactly the STT variables that the apps read', () => {
    expect(fleetVariableProblems([app('PORT', 'STT_A'), app('STT_A', 'STT_B')], ['STT_A', 'STT_B'])).toEqual([]);
  });

  it('finds a variable that is not listed, and one that nobody reads', () => {
    const problems = fleetVariableProblems([app('STT_A', 'STT_NEW')], ['STT_A', 'STT_OLD']);
    expect(problems).toHaveLength(2);
    expect(problems.join()).toMatch(/STT_NEW is read by an app: add it.*STT_OLD is read by no app: remove it/);
  });
});
