import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { SHIPPED_SCRIPTS } from './scripts.ts';

/** Enough for every run of the tests; `npm run chaos` asks for 100,000. */
const RUNS = Number(process.env['VERBATIM_MODEL_RUNS'] ?? 1000);
const SEED = Number(process.env['VERBATIM_MODEL_SEED'] ?? 7);

/** Ten times what one takes on a quiet machine, and a server to start. Units: milliseconds. */
const MOST_MS_A_RUN = 60;
const STARTS_WITHIN_MS = 20_000;

let server: PrivateRedis;
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
  const whole = `keeps every promise in ${RUNS} interleavings`;
  const play = async () => {
    const result = await campaign({ redis, scripts: SHIPPED_SCRIPTS, runs: RUNS, seed: SEED });
    // the line that tools/chaos reads
    process.stdout.write(`model: ${JSON.stringify(result)}\n`);
    expect(result.counterexample).toBeUndefined();
    expect(await redis.dbsize()).toBe(0);
  };
  it(whole, play, STARTS_WITHIN_MS + RUNS * MOST_MS_A_RUN);
});
