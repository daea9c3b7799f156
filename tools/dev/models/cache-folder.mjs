import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this product keeps what it fetched: `VERBATIM_CACHE_DIR`, else `$XDG_CACHE_HOME/verbatim`, else `~/.cache/verbatim`. */
export function cacheFolder(environment = process.env) {
  if (environment.VERBATIM_CACHE_DIR) return environment.VERBATIM_CACHE_DIR;
  const caches = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache');
  return join(caches, 'verbatim');
}

/** The folder of one model of the catalogue. */
export function modelFolder(cacheDir, modelName) {
  return join(cacheDir, 'models', modelName);
}
