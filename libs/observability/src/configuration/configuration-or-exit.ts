import type { z } from 'zod';
import { describeConfiguration } from './describe-configuration.ts';
import { loadConfiguration, type Environment } from './load-configuration.ts';
import { fieldsOf, maskValue } from './schema-fields.ts';

/** EX_CONFIG of sysexits.h: a supervisor can tell a wrong configuration from a crash and need not restart. */
export const BAD_CONFIGURATION_EXIT_CODE = 78;

/** The parts of `process` that are used; tests bring their own. */
export interface ExitingProcess {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exit(code: number): never;
}

export interface ConfigurationOrExitOptions {
  readonly env: Environment;
  /** Arguments after the script, or the whole `process.argv`. */
  readonly argv: readonly string[];
  /** Name of the process in the message: `gateway`. */
  readonly name: string;
  /** Default: the real process. */
  readonly process?: ExitingProcess;
}

/**
 * Gives `main.ts` its configuration, or ends the process: exit 78 with every problem on stderr; with `--print-config` exit 0
 * with the values in force on stdout, secrets masked; with `--print-config-docs` exit 0 with the schema's description as JSON.
 */
export function configurationOrExit<Schema extends z.ZodObject>(
  schema: Schema,
  options: ConfigurationOrExitOptions,
): z.infer<Schema> {
  const exiting = options.process ?? process;
  if (options.argv.includes('--print-config-docs')) {
    const description = { name: options.name, variables: describeConfiguration(schema) };
    exiting.stdout.write(`${JSON.stringify(description, null, 2)}\n`);
    return exiting.exit(0);
  }
  const loaded = loadConfiguration(schema, options.env);
  if (!loaded.ok) return exitOnBadConfiguration(options.name, loaded.problems, exiting);
  if (options.argv.includes('--print-config')) {
    exiting.stdout.write(`${JSON.stringify(maskedConfiguration(schema, loaded.config), null, 2)}\n`);
    return exiting.exit(0);
  }
  return loaded.config;
}

/** Prints all problems in one message to stderr and exits 78. Also for what only shows later: a model that is not there. */
export function exitOnBadConfiguration(
  name: string,
  problems: readonly string[],
  exiting: ExitingProcess = process,
): never {
  const lines = problems.map((problem) => `  - ${problem}`).join('\n');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  exiting.stderr.write(`${name} cannot start: ${count} in its configuration\n${lines}\n`);
  return exiting.exit(BAD_CONFIGURATION_EXIT_CODE);
}

function maskedConfiguration(schema: z.ZodObject, config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(fieldsOf(schema).map(([name, field]) => [name, maskValue(field, config[name]) ?? null]));
}
