import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { MUTANTS } from './mutants.ts';
import { mutate } from './scripts.ts';

/** The rarest needs a failover at a certain moment; the shipped scripts keep every promise in as many. */
const RUNS = 3000;
const SEED = 7;

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

describe('the model notices a script that', () => {
  it.each(MUTANTS)('$fault ($script)', async (mutant) => {
    const result = await campaign({ redis, scripts: mutate(mutant, mutant.fault), runs: RUNS, seed: SEED, isShrunk: false });
    process.stdout.write(`${mutant.script}: ${mutant.fault}: ${result.runs} runs: ${result.counterexample?.split('\n')[0]}\n`);
    expect(result.counterexample).toBeDefined();
  }, 60_000);
});
