import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../command.mjs';
import { DevFailure, EXIT } from '../failure.mjs';
import { fetchRedisFromApt } from './redis-from-apt.mjs';

const NAMES = ['redis-server', 'valkey-server'];
/** Explicit stream ids with `*` parts, NOMKSTREAM and LMPOP-era commands: what the backbone's scripts are tested with. */
const OLDEST_MAJOR = 7;

/**
 * Finds a Redis server program, fetching Debian's into the cache folder where apt can do it; never needs root, never
 * starts a system service.
 * @param {{ env: NodeJS.ProcessEnv, cacheDir: string, signal?: AbortSignal }} place
 * @param {(activity: string) => void} say
 * @returns {Promise<{ summary: string, value: string }>} the program's path
 */
export async function findRedisServer(place, say) {
  const named = place.env.VERBATIM_REDIS_SERVER;
  const onPath = named ? named : findOnPath(place.env.PATH ?? '');
  if (onPath !== undefined) {
    const version = await redisVersion(onPath, place.signal);
    if (isRecent(version)) return { summary: `${version} at ${onPath}`, value: onPath };
    if (named) throw unusable(`VERBATIM_REDIS_SERVER is ${named}, which ${describe(version)}`);
  }
  const fetched = await fetchRedisFromApt(place, say);
  if (fetched.kind === 'unavailable') throw unusable(fetched.reason);
  const version = await redisVersion(fetched.path, place.signal);
  if (!isRecent(version)) throw unusable(`the Redis of this distribution ${describe(version)}`);
  const summary = `${version}, ${fetched.isNew ? 'fetched by apt into' : 'in'} the cache folder, without root`;
  return { summary, value: fetched.path };
}

function findOnPath(path) {
  const candidates = NAMES.flatMap((name) => path.split(delimiter).map((dir) => join(dir, name)));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns {Promise<string | undefined>} such as `7.0.15`, undefined when the program does not run */
async function redisVersion(program, signal) {
  const run = await runCommand(program, ['--version'], { signal }).catch((thrown) => {
    if (thrown instanceof DevFailure) throw thrown;
    return undefined;
  });
  return run?.code === 0 ? /v=(\d+\.\d+\.\d+)/.exec(run.stdout)?.[1] : undefined;
}

function isRecent(version) {
  return version !== undefined && Number(version.split('.')[0]) >= OLDEST_MAJOR;
}

function describe(version) {
  return version === undefined ? 'does not run' : `is ${version}, older than ${OLDEST_MAJOR}`;
}

function unusable(reason) {
  return new DevFailure(
    `There is no Redis to use: ${reason}. Install one (Debian: apt-get install redis-server; macOS: brew install redis), or start one anywhere (docker run -p 6379:6379 redis:7) and set REDIS_URL=redis://127.0.0.1:6379, then run this again.`,
    EXIT.unavailable,
  );
}
