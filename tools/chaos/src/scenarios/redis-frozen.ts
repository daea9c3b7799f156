import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { timeFigures, wordsFigure } from '../harness/figures.ts';
import { residentBytes } from '../harness/process-usage.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = {
  smoke: { sessions: 8, freezes: 1, freezeMs: 3000 },
  full: { sessions: 100, freezes: 5, freezeMs: 6000 },
};

const CALM_MS = 3000;
const FLOWS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 250;
const BYTES_PER_MB = 1_048_576;

/** SIGSTOP of Redis: every connection stays open and nothing is answered. */
export const redisFrozen: Scenario = {
  name: 'redis-frozen',
  goal: 'Redis frozen for 6 s under 100 streams: memory bounded (gateway + ≤ 50 MB), 0 words lost',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, freezes, freezeMs } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const timesMs: number[] = [];
    const violations: string[] = [];
    const memory = () => Math.max(...fleet.gateways.map(({ process }) => residentBytes(process.pid)));
    await sleep(CALM_MS);
    const before = memory();
    let highest = before;
    for (let freeze = 1; freeze <= freezes; freeze += 1) {
      kill(fleet.redis.pid, 'SIGSTOP');
      const untilMs = performance.now() + freezeMs;
      while (performance.now() < untilMs) {
        await sleep(LOOK_EVERY_MS);
        highest = Math.max(highest, memory());
      }
      kill(fleet.redis.pid, 'SIGCONT');
      const times = await crowd.timesToNextSign(performance.now(), FLOWS_WITHIN_MS);
      timesMs.push(...times.timesMs);
      violations.push(...times.violations);
      say(`freeze ${freeze} of ${freezes}`);
      await sleep(CALM_MS);
    }
    const result = await crowd.finish();
    const growth: Figure = {
      what: 'memory of the larger gateway, highest above before',
      value: Math.round((10 * (highest - before)) / BYTES_PER_MB) / 10,
      ...{ unit: 'MB', samples: freezes, atMost: 50 },
    };
    const figures = [
      growth,
      wordsFigure(result.words, sessions),
      ...timeFigures('from SIGCONT to the next message of a session', timesMs),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
