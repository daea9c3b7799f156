import type { ReadRedisInfo } from './check-redis.ts';

const TIMEOUT_MS = 3_000;

/**
 * Asks with one connection and no second try. ioredis is loaded only here: streaming a file does not need it.
 * @throws Error with the reason of the first failure.
 */
export const readRedisInfo: ReadRedisInfo = async (url) => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  redis.on('error', (error: Error) => (reason ??= error));
  try {
    await redis.connect();
    return await redis.info();
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
};
