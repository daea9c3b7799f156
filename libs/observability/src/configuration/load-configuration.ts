import { readFileSync } from 'node:fs';
import { allowedValues, nearestName, readText } from '@verbatim/protocol';
import type { z } from 'zod';
import { FLEET_VARIABLES } from './fleet-variables.ts';
import { isSecret, maskPassword } from './schema-fields.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type LoadedConfiguration<Schema extends z.ZodObject> =
  { readonly ok: true; readonly config: z.infer<Schema> } | { readonly ok: false; readonly problems: string[] };

/** Injected by tests; by default files are read from disk. */
export interface ConfigurationSources {
  readonly readFile?: (path: string) => string;
}

/**
 * Reads a process's configuration from its environment: one zod schema whose fields are named as the variables
 * (`STT_LEASE_MS`). Text is read strictly (decimal digits, `true`/`false`, comma-separated lists); an empty variable counts
 * as unset; `NAME_FILE` names a file that holds the value of `NAME`, for secrets.
 *
 * Invariant: every problem is reported at once, and no problem quotes a secret.
 */
export function loadConfiguration<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
  sources: ConfigurationSources = {},
): LoadedConfiguration<Schema> {
  const problems: string[] = unknownVariables(Object.keys(schema.shape), env);
  const texts: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const text = readVariable(name, env, sources, problems);
    if (text !== undefined) texts[name] = text;
  }
  const values = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, readText(schema.shape[name], text)]),
  );
  const parsed = schema.safeParse(values);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => describeIssue(schema, texts, issue)));
  return parsed.success && problems.length === 0 ? { ok: true, config: parsed.data } : { ok: false, problems };
}

function unknownVariables(ownNames: readonly string[], env: Environment): string[] {
  const known = new Set([...ownNames, ...FLEET_VARIABLES].flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith('STT_') && !known.has(name))
    .map((name) => {
      const nearest = nearestName(name, [...known]);
      return `${name} is unknown${nearest === undefined ? '; remove it' : `: did you mean ${nearest}?`}`;
    });
}

function readVariable(
  name: string,
  env: Environment,
  sources: ConfigurationSources,
  problems: string[],
): string | undefined {
  const text = nonEmpty(env[name]);
  const path = nonEmpty(env[`${name}_FILE`]);
  if (path === undefined) return text;
  if (text !== undefined) {
    problems.push(`${name} and ${name}_FILE are both set; set one of them`);
    return text;
  }
  try {
    return nonEmpty((sources.readFile ?? readTextFile)(path).trim());
  } catch {
    problems.push(`${name}_FILE: cannot read ${JSON.stringify(path)}; name a readable file that holds the value`);
    return undefined;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function readTextFile(path: string): string {
  return readFileSync(path, 'utf8');
}

function describeIssue(schema: z.ZodObject, texts: Record<string, string>, issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0] ?? '');
  const field = schema.shape[name] as z.core.$ZodType | undefined;
  if (field === undefined) return issue.message;
  if (issue.code === 'custom') return `${name}: ${issue.message}`;
  const allowed = allowedValues(field) ?? issue.message;
  const text = texts[name];
  if (text === undefined) return `${name} is not set; set it to: ${allowedValues(field) ?? 'a value'}`;
  const shown = isSecret(field) ? 'its value' : JSON.stringify(maskPassword(text).slice(0, 100));
  return `${name}: ${shown} is not allowed; allowed: ${allowed}`;
}
