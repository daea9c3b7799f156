import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';

interface LintedFile {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null }[];
}

const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));
const canaries = fileURLToPath(new URL('../canaries', import.meta.url));
const EXPECTATION = /^\/\/ must fail: (\S+)/;

/** ESLint exits 1 when it finds something, which is what canaries are for. */
async function lintCanaries(): Promise<readonly LintedFile[]> {
  const args = ['node_modules/.bin/eslint', '--no-ignore', '--format', 'json', canaries];
  const options = { cwd: workspaceRoot, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (failure: { stdout: string }) => failure,
  );
  return JSON.parse(stdout) as LintedFile[];
}

describe('the house rules bite', () => {
  const found = new Map<string, { readonly expected: string; readonly actual: readonly (string | null)[] }>();

  beforeAll(async () => {
    for (const file of await lintCanaries()) {
      const expected = EXPECTATION.exec(await readFile(file.filePath, 'utf8'))?.[1];
      if (expected === undefined) continue;
      found.set(relative(canaries, file.filePath), { expected, actual: file.messages.map(({ ruleId }) => ruleId) });
    }
  }, 120_000);

  it('lints every canary', () => {
    expect(found.size).toBe(13);
  });

  it('refuses each canary by the rule it was made for', () => {
    const silent = [...found].filter(([, { expected, actual }]) => !actual.includes(expected));
    expect(silent).toEqual([]);
  });
});
