import { openFolder, ROOT, settledEnvironment } from '../places.mjs';
import { createProgress } from '../progress.mjs';
import { buildProjects } from './build.mjs';
import { prepareModels } from './models.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { installPackages } from './packages.mjs';
import { checkRedisUrl } from './redis-reach.mjs';
import { findRedisServer } from './redis-server.mjs';
import { withSetupLock } from './setup-lock.mjs';

/** What `npm start` runs. */
export const PRODUCT = Object.freeze({
  gateway: 'apps/gateway/dist/main.js',
  transcriber: 'apps/transcriber/dist/main.js',
  jobs: 'apps/jobs/dist/main.js',
  cli: 'apps/cli/dist/main.js',
});

/**
 * Everything between a bare clone and a product that runs; each step prints one line and is quick when it has nothing to do.
 * @param {object} options
 * @param {ReturnType<import('../screen.mjs').createScreen>} options.screen
 * @param {AbortSignal} [options.signal]
 * @param {boolean} [options.usesRedisUrl] REDIS_URL is enough; without it a program is needed, as in tests
 * @param {Readonly<Record<string, string>>} [options.builds] project → built file
 * @returns {Promise<{ env: NodeJS.ProcessEnv, redis: { kind: 'url', url: string } | { kind: 'program', path: string } }>}
 */
export async function runSetup({ screen, signal, usesRedisUrl = false, builds = PRODUCT }) {
  checkNodeVersion(process.versions.node);
  const env = settledEnvironment();
  // The model fetch runs npm with this process's own environment.
  if (env.npm_config_cache) process.env.npm_config_cache = env.npm_config_cache;
  const place = { root: ROOT, cacheDir: openFolder(env.VERBATIM_CACHE_DIR), env, signal };
  const { step } = createProgress(screen);
  const onWait = (pid) => screen.live(`… waiting for the set-up that process ${pid} runs`);
  return withSetupLock({ root: ROOT, signal, onWait }, async () => {
    await step('packages', (say) => installPackages(place, say));
    const redisUrl = usesRedisUrl ? env.REDIS_URL : undefined;
    const redis = redisUrl
      ? { kind: 'url', url: await step('redis', () => checkRedisUrl(redisUrl)) }
      : { kind: 'program', path: await step('redis', (say) => findRedisServer(place, say)) };
    const models = await step('models', (say) => prepareModels(place, say));
    if (Object.keys(builds).length > 0) await step('build', (say) => buildProjects(place, builds, say));
    const redisProgram = redis.kind === 'program' ? { VERBATIM_REDIS_SERVER: redis.path } : {};
    return { env: { ...models, ...env, ...redisProgram }, redis };
  });
}
