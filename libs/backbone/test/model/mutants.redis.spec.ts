import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { MUTANTS } from './mutants.ts';
import { mutate } from './scripts.ts';

/** The very interleavings that model.redis.spec.ts plays with the shipped scripts, which keep every promise in them. */
const RUNS = 1000;
const SEED = 7;

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

describe('the model notices a script that', () => {
  it.each(MUTANTS)(
    '$fault ($script)',
    async (mutant) => {
      const scripts = mutate(mutant, mutant.fault);
      const { counterexample } = await campaign({ redis, scripts, runs: RUNS, seed: SEED, isShrunk: false });
      expect(counterexample).toBeDefined();
    },
    60_000,
  );
});
