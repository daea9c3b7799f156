import { FLEET_VARIABLES } from '@verbatim/observability';
import type { AppDescription } from './app-description.ts';

/**
 * Compares the list of variables that every process accepts with what the apps really read: a name missing from the list
 * would make one process refuse the other's variable; a name too many would let a slip pass.
 */
export function fleetVariableProblems(
  apps: readonly AppDescription[],
  listed: readonly string[] = FLEET_VARIABLES,
): string[] {
  const names = apps.flatMap(({ variables }) => variables.map(({ name }) => name));
  const read = new Set(names.filter((name) => name.startsWith('STT_')));
  return [
    ...[...read].filter((name) => !listed.includes(name)).map((name) => `${name} is read by an app: add it`),
    ...listed.filter((name) => !read.has(name)).map((name) => `${name} is read by no app: remove it`),
  ].map((problem) => `FLEET_VARIABLES in libs/observability: ${problem}`);
}
