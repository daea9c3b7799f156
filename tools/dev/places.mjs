import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './models/cache-folder.mjs';

/** The checkout that this file is part of. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The program nx of this checkout; there once the packages are. */
export const NX = join(ROOT, 'node_modules', '.bin', 'nx');

/**
 * The environment for everything started from here: it names the cache folder, so that all agree on it. Where the user has
 * no writable home (as `nobody`), our cache and npm's go into the checkout, in a folder that git ignores.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv & { VERBATIM_CACHE_DIR: string }}
 */
export function settledEnvironment(environment = process.env, root = ROOT) {
  const preferred = cacheFolder(environment);
  if (environment.VERBATIM_CACHE_DIR || isCreatable(preferred)) {
    return { ...environment, VERBATIM_CACHE_DIR: preferred };
  }
  const fallback = join(root, '.nx', 'verbatim');
  // npm names a cache in the environment of its scripts even where there can be none.
  const npmCache = environment.npm_config_cache;
  const hasNpmCache = npmCache !== undefined && isCreatable(npmCache);
  return {
    ...environment,
    VERBATIM_CACHE_DIR: fallback,
    npm_config_cache: hasNpmCache ? npmCache : join(fallback, 'npm'),
  };
}

/** Creates a folder that may be there already. */
export function openFolder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

/** @param {string} path true when it is writable, or can be made inside the nearest folder that exists */
function isCreatable(path) {
  if (!existsSync(path)) return path !== dirname(path) && isCreatable(dirname(path));
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
