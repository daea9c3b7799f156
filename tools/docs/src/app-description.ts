import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { VariableDescription } from '@verbatim/observability';

/** What a built app says of its own configuration. */
export interface AppDescription {
  readonly name: string;
  readonly variables: readonly VariableDescription[];
}

const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Asks a built app for the description of its configuration, by `--print-config-docs`. A tool may not import an app; so
 * the reference shows what the shipped bundle reads, not what some source says.
 * @throws Error when the app is not built or does not answer
 */
export function describeApp(repositoryRoot: string, name: string): AppDescription {
  const entry = join('apps', name, 'dist', 'main.js');
  if (!existsSync(join(repositoryRoot, entry)))
    throw new Error(`${entry} is missing: run "npx nx build ${name}" first`);
  const answer = execFileSync(process.execPath, [entry, '--print-config-docs'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    timeout: ANSWER_TIMEOUT_MS,
  });
  return JSON.parse(answer) as AppDescription;
}
