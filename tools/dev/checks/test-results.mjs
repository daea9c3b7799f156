import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const RESULTS_FILE = 'test-results.json';

/** Removes the results of earlier runs, so that a project that crashes cannot be counted with old ones. */
export function removeResults(projects) {
  for (const { folder } of projects) rmSync(join(folder, RESULTS_FILE), { force: true });
}

/**
 * Sums what jest wrote for each project. A suite that could not run counts as one failure, and so does a project that left
 * no results.
 * @param {readonly { name: string, folder: string }[]} projects
 * @returns {{ passed: number, failed: number, skipped: number, broken: string[] }} `broken`: projects without results
 */
export function sumResults(projects) {
  const sum = { passed: 0, failed: 0, skipped: 0, broken: [] };
  for (const { name, folder } of projects) {
    const results = readResults(join(folder, RESULTS_FILE));
    if (results === undefined) {
      sum.broken.push(name);
      sum.failed += 1;
      continue;
    }
    sum.passed += results.numPassedTests;
    sum.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
    sum.skipped += results.numPendingTests + results.numTodoTests;
  }
  return sum;
}

/** The line that CI reads. */
export function resultLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
