// The bindings import `.lua` files from projects whose tsconfig does not include this folder.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="../lua-modules.d.ts" />
import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/**
 * One Lua script and its typed signature: keys and arguments go by name, never by position.
 * Shape: first the named keys and arguments, then any number of rows of `moreKeys` and `moreArgs`.
 * @see script-headers.spec.ts which compares each with the comment table and the `unpack` line of its Lua file
 */
export interface Script<Key extends string, Arg extends string, MoreKey extends string, MoreArg extends string, Reply> {
  readonly name: string;
  readonly lua: string;
  /**
   * `allow-oom`: runs at maxmemory as well; `no-writes`: only reads. They become the `#!lua flags=…` line here, because a tool that
   * loads the file as a module would take such a line away (jest does), and every lease would be lost with it at maxmemory.
   */
  readonly flags: readonly ('allow-oom' | 'no-writes')[];
  readonly keys: readonly Key[];
  readonly args: readonly Arg[];
  readonly moreKeys?: readonly MoreKey[];
  readonly moreArgs?: readonly MoreArg[];
  /** @throws when the reply is not what the Lua file promises */
  readonly decode: (reply: unknown) => Reply;
}

/** What one call brings: every name of the script, and the rows if it takes any. */
export interface ScriptCall<Key extends string, Arg extends string, MoreKey extends string, MoreArg extends string> {
  readonly keys: Readonly<Record<Key, string>>;
  readonly args: Readonly<Record<Arg, string | number | Buffer>>;
  readonly moreKeys?: readonly Readonly<Record<MoreKey, string>>[];
  readonly moreArgs?: readonly Readonly<Record<MoreArg, string | number>>[];
}

/** Declares a script; only so that the names are inferred. */
export function defineScript<
  const Key extends string,
  const Arg extends string,
  Reply,
  const MoreKey extends string = never,
  const MoreArg extends string = never,
>(script: Script<Key, Arg, MoreKey, MoreArg, Reply>): Script<Key, Arg, MoreKey, MoreArg, Reply> {
  return script;
}

/** Runs a script by its hash; a Redis that does not know it (restarted, flushed, another node) gets the text. */
export async function runScript<
  Key extends string,
  Arg extends string,
  MoreKey extends string,
  MoreArg extends string,
  R,
>(
  client: Redis | Cluster,
  script: Script<Key, Arg, MoreKey, MoreArg, R>,
  call: ScriptCall<Key, Arg, MoreKey, MoreArg>,
): Promise<R> {
  const keys = [...pick(script.keys, call.keys), ...rows(script.moreKeys, call.moreKeys)];
  const args = [...pick(script.args, call.args), ...rows(script.moreArgs, call.moreArgs)];
  const { text, sha } = compiled(script);
  try {
    return script.decode(await client.evalsha(sha, keys.length, ...keys, ...args));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return script.decode(await client.eval(text, keys.length, ...keys, ...args));
  }
}

function pick<Name extends string, Value>(names: readonly Name[], values: Readonly<Record<Name, Value>>): Value[] {
  return names.map((name) => values[name]);
}

function rows<Name extends string, Value>(
  names: readonly Name[] | undefined,
  rowsOfValues: readonly Readonly<Record<Name, Value>>[] | undefined,
): Value[] {
  return (rowsOfValues ?? []).flatMap((row) => pick(names ?? [], row));
}

interface CompiledScript {
  readonly text: string;
  readonly sha: string;
}

const compiledScripts = new Map<string, CompiledScript>();

/** What Redis gets; with a `#!lua` line it also refuses the whole script at maxmemory instead of its first write. */
function compiled(script: {
  readonly name: string;
  readonly lua: string;
  readonly flags: readonly string[];
}): CompiledScript {
  let known = compiledScripts.get(script.name);
  if (known === undefined) {
    const shebang = script.flags.length === 0 ? '#!lua' : `#!lua flags=${script.flags.join(',')}`;
    const text = `${shebang}\n${script.lua}`;
    known = { text, sha: createHash('sha1').update(text).digest('hex') };
    compiledScripts.set(script.name, known);
  }
  return known;
}
