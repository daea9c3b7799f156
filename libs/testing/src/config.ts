/** The only reader of the environment in this library. */

/** The Redis to start: a path from `VERBATIM_REDIS_SERVER` (set by `npm test`), else `redis-server` on the PATH. */
export function redisServerCommand(): string {
  return process.env['VERBATIM_REDIS_SERVER'] ?? 'redis-server';
}

/** The environment a child gets: this process's own, with `changes` on top; `undefined` removes a variable. */
export function childEnvironment(changes: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}
