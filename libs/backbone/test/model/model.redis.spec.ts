import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { campaign } from './campaign.ts';
import { CHUNK_STORIES } from './chunk-interleaving.ts';
import { STREAM_STORIES } from './interleaving.ts';
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

/** Of both kinds of session. */
const KINDS = [
  { name: 'model', play: () => campaign({ ...options(), stories: STREAM_STORIES }) },
  { name: 'chunk model', play: () => campaign({ ...options(), stories: CHUNK_STORIES }) },
];

function options() {
  return { redis, scripts: SHIPPED_SCRIPTS, runs: RUNS, seed: SEED };
}

describe('a session, whatever happens to it in whatever order', () => {
  it.each(KINDS)(
    `keeps every promise in ${RUNS} interleavings of the $name`,
    async ({ name, play }) => {
      const result = await play();
      // the lines that tools/chaos reads
      process.stdout.write(`${name}: ${JSON.stringify(result)}\n`);
      expect(result.counterexample).toBeUndefined();
      expect(await redis.dbsize()).toBe(0);
    },
    STARTS_WITHIN_MS + RUNS * MOST_MS_A_RUN,
  );
});
