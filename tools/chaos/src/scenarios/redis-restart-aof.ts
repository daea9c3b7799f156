import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, kills: 1 }, full: { sessions: 50, kills: 50 } };

/** Short enough that the audio held outside Redis does not reach its bounds, long enough that every reconnect fails first. */
const LEAST_AWAY_MS = 200;
const MOST_AWAY_MS = 1500;
const LEAST_CALM_MS = 1500;
const MOST_CALM_MS = 3500;
const FLOWS_WITHIN_MS = 20_000;

/** SIGKILL of Redis under load; it comes back with its append-only file. */
export const redisRestartAof: Scenario = {
  name: 'redis-restart-aof',
  goal: 'Redis killed 50 times and back with its append-only file: 0 words lost; flowing again ≤ 3 s',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, kills } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const timesMs: number[] = [];
    const violations: string[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      await fleet.redis.kill();
      await sleep(random.integer(LEAST_AWAY_MS, MOST_AWAY_MS));
      await fleet.redis.restart();
      const times = await crowd.timesToNextSign(performance.now(), FLOWS_WITHIN_MS);
      timesMs.push(...times.timesMs);
      violations.push(...times.violations);
      say(`kill ${kill} of ${kills}, flowing again after ${Math.round(Math.max(...times.timesMs))} ms`);
    }
    const result = await crowd.finish();
    const figures = [
      countFigure('kills of Redis', kills),
      wordsFigure(result.words, sessions),
      ...timeFigures('from Redis being back to the next message of a session', timesMs, { p99: 3000 }),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
