import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { CHUNK_STORIES } from './chunk-interleaving.ts';
import { CHUNK_MUTANTS } from './chunk-mutants.ts';
import { STREAM_STORIES } from './interleaving.ts';
import { MUTANTS } from './mutants.ts';
import { mutate } from './scripts.ts';

/** The very interleavings that model.redis.spec.ts plays with the shipped scripts, which keep every promise in them. */
const OPTIONS = { runs: 1000, seed: 7, isShrunk: false };

/** Most are noticed in the first seconds. Units: milliseconds. */
const MOST_MS_A_MUTANT = 60_000;

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
      const { counterexample } = await campaign({ ...OPTIONS, redis, scripts, stories: STREAM_STORIES });
      expect(counterexample).toBeDefined();
    },
    MOST_MS_A_MUTANT,
  );

  it.each(CHUNK_MUTANTS)(
    '$fault ($script)',
    async (mutant) => {
      const scripts = mutate(mutant, mutant.fault);
      const { counterexample } = await campaign({ ...OPTIONS, redis, scripts, stories: CHUNK_STORIES });
      expect(counterexample).toBeDefined();
    },
    MOST_MS_A_MUTANT,
  );
});
