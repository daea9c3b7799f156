import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { SHIPPED_SCRIPTS } from './scripts.ts';

const RUNS = Number(process.env['VERBATIM_MODEL_RUNS'] ?? 2000);
const SEED = Number(process.env['VERBATIM_MODEL_SEED'] ?? 1);

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describe('a session, whatever happens to it in whatever order', () => {
  it(
    `keeps every promise in ${RUNS} interleavings`,
    async () => {
      const result = await campaign({ redis, scripts: SHIPPED_SCRIPTS, runs: RUNS, seed: SEED });
      process.stdout.write(`model: ${JSON.stringify(result)}\n`);
      expect(result.counterexample).toBeUndefined();
      expect(await redis.dbsize()).toBe(0);
    },
    20_000 + RUNS * 20,
  );
});
