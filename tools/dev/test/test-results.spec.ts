import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.fixture.ts';
import { removeResults, resultLine, sumResults } from '../checks/test-results.mjs';

const NONE = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

function project(name: string, results?: object) {
  const folder = temporaryFolder();
  if (results !== undefined) writeFileSync(join(folder, 'test-results.json'), JSON.stringify({ ...NONE, ...results }));
  return { name, folder };
}

describe('sumResults', () => {
  it('adds up what jest wrote', () => {
    const sum = sumResults([
      project('a', { numPassedTests: 3 }),
      project('b', { numPassedTests: 4, numFailedTests: 1 }),
    ]);
    expect(resultLine(sum)).toBe('7 passed, 1 failed');
  });

  it('names skipped tests', () => {
    expect(resultLine(sumResults([project('a', { numPassedTests: 3, numPendingTests: 2 })]))).toBe(
      '3 passed, 0 failed, 2 skipped',
    );
  });

  it('counts a suite that could not run as a failure', () => {
    expect(sumResults([project('a', { numPassedTests: 3, numRuntimeErrorTestSuites: 1 })]).failed).toBe(1);
  });

  it('counts a project that crashed as a failure, though an earlier run left results', () => {
    const crashed = project('a', { numPassedTests: 3 });
    removeResults([crashed]);
    expect(sumResults([crashed])).toMatchObject({ passed: 0, failed: 1, broken: ['a'] });
  });
});
