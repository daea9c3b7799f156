import { setTimeout as sleep } from 'node:timers/promises';
import { FEW_LOST_WRITES, startRedisSentinelSet, type PrivateRedis, type RedisSentinelSet } from '@verbatim/testing';
import { untilFollowed, type ServerAddress } from '../harness/ask-server.ts';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, reclaimedFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import { sawTwoMasters } from '../harness/two-masters.ts';
import type { Scenario, ScenarioContext, ScenarioReport } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, kills: 1 }, full: { sessions: 30, kills: 30 } };

const LEAST_CALM_MS = 1000;
const MOST_CALM_MS = 3000;

/**
 * Down-after, an election, a promotion and a takeover are 2 to 4 s. When the Sentinels elect twice, the master that counts refuses
 * writes for 10 s more, until the other one is demoted to its replica; clients that were sent away by then come back some 10 s later.
 */
const FLOWS_WITHIN_MS = 40_000;

/** SIGKILL of the master behind Sentinels, under load; it comes back as a replica. */
export const sentinelKill: Scenario = {
  name: 'sentinel-kill',
  goal: "30 kills of the master behind Sentinels: 0 words missing after the client's resend",
  async run(context) {
    const set = await startRedisSentinelSet({ args: FEW_LOST_WRITES });
    try {
      return await killMasters(context, set);
    } finally {
      await set.stop();
    }
  },
};

async function killMasters(context: ScenarioContext, set: RedisSentinelSet): Promise<ScenarioReport> {
  const { random, scale, say } = context;
  const { sessions, kills } = SIZES[scale];
  const fleet = await context.fleet({ ...STANDARD_FLEET, isRedisDurable: false, redisUrl: set.url });
  const crowd = await startCrowd({ fleet, random, size: sessions });
  const timesMs: number[] = [];
  const violations: string[] = [];
  let doubleElections = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
    const atMs = performance.now();
    const killed = await set.killMaster();
    const survivors = set.nodes.filter((node) => node !== killed).map(addressOf);
    const wasElectedTwice = await sawTwoMasters(survivors, async () => {
      const times = await crowd.timesToNextSign(atMs, FLOWS_WITHIN_MS);
      timesMs.push(...times.timesMs);
      violations.push(...times.violations);
      say(`kill ${kill} of ${kills}, flowing again after ${Math.round(Math.max(...times.timesMs))} ms`);
      await killed.restart();
      await untilFollowed(async () => addressOf(await set.master()), set.nodes.length - 1);
    });
    if (wasElectedTwice) doubleElections += 1;
  }
  const result = await crowd.finish();
  const figures = [
    countFigure('kills of the master', kills),
    { ...countFigure('of them with two elections', doubleElections), samples: kills },
    wordsFigure(result.words, sessions),
    reclaimedFigure(result.outcomes),
    ...timeFigures('from the kill to the next message of a session', timesMs),
  ];
  return { figures, violations: [...violations, ...result.violations] };
}

function addressOf({ port }: PrivateRedis): ServerAddress {
  return { host: '127.0.0.1', port };
}
