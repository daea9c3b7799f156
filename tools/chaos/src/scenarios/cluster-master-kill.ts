import { setTimeout as sleep } from 'node:timers/promises';
import { shardOf, type SessionId } from '@verbatim/protocol';
import { startRedisCluster, type PrivateRedis, type RedisCluster, type SeededRandom } from '@verbatim/testing';
import { untilWhole } from '../harness/cluster-calm.ts';
import { startCrowd, type Crowd, type Member } from '../harness/crowd.ts';
import { countFigure, reclaimedFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario, ScenarioContext, ScenarioReport } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, kills: 1 }, full: { sessions: 30, kills: 5 } };

const MASTERS = 3;
const SLOTS = 16_384;

const LEAST_CALM_MS = 1000;
const MOST_CALM_MS = 3000;

/** Node timeout, an election, a promotion, a new map for every client, a takeover: all of it on a loaded machine. */
const FLOWS_WITHIN_MS = 20_000;

/** Masters of a Redis Cluster are killed under load and come back as replicas; then a slot moves with its sessions. */
export const clusterMasterKill: Scenario = {
  name: 'cluster-master-kill',
  goal: '5 kills of a master of a Redis Cluster, and a slot that moves under load: 0 words lost',
  async run(context) {
    const cluster = await startRedisCluster({ masters: MASTERS, replicas: MASTERS });
    try {
      return await disturb(context, cluster);
    } finally {
      await cluster.stop();
    }
  },
};

async function disturb(context: ScenarioContext, cluster: RedisCluster): Promise<ScenarioReport> {
  const { random, scale, say } = context;
  const { sessions, kills } = SIZES[scale];
  const fleet = await context.fleet({ ...STANDARD_FLEET, isRedisDurable: false, redisUrl: cluster.url });
  const crowd = await startCrowd({ fleet, random, size: sessions });
  const silencesMs = { hit: [] as number[], spared: [] as number[] };
  const violations: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
    const victim = await cluster.masterOf(random.integer(0, SLOTS - 1));
    const { hit, spared } = await splitByMaster(crowd, cluster, victim);
    const atMs = performance.now();
    await victim.kill();
    const times = await crowd.timesToNextSign(atMs, FLOWS_WITHIN_MS);
    violations.push(...times.violations);
    silencesMs.hit.push(...hit.map(({ signs }) => signs.longestSilence(atMs, performance.now())));
    silencesMs.spared.push(...spared.map(({ signs }) => signs.longestSilence(atMs, performance.now())));
    await victim.restart();
    await untilWhole(cluster.nodes);
    say(`kill ${kill} of ${kills}, flowing again after ${Math.round(Math.max(...times.timesMs))} ms`);
  }
  await moveSlotOf(crowd, cluster, random);
  say('a slot has moved');
  violations.push(...(await crowd.timesToNextSign(performance.now(), FLOWS_WITHIN_MS)).violations);
  const result = await crowd.finish();
  const figures = [
    countFigure('kills of a master', kills),
    countFigure('slots moved under load', 1),
    wordsFigure(result.words, sessions),
    reclaimedFigure(result.outcomes),
    ...timeFigures('longest silence of a session whose master was killed', silencesMs.hit),
    ...timeFigures('longest silence of a session of another master', silencesMs.spared),
  ];
  return { figures, violations: [...violations, ...result.violations] };
}

/** Who has the session at the master, and who does not: a cluster should lose the service of one master, not of all. */
async function splitByMaster({ members }: Crowd, cluster: RedisCluster, { port }: PrivateRedis) {
  const ports = await Promise.all(
    members.map(async (member) => (await cluster.masterOf(await slotOf(member, cluster))).port),
  );
  return {
    hit: members.filter((_member, index) => ports[index] === port),
    spared: members.filter((_member, index) => ports[index] !== port),
  };
}

/** All keys of a session's shard carry its tag. */
function slotOf({ call: { sessionId } }: Member, cluster: RedisCluster): Promise<number> {
  return cluster.slotOf(`{${shardOf(sessionId as SessionId)}}`);
}

/** Moves the slot of one of the sessions, with those that share its shard, to another master. */
async function moveSlotOf({ members }: Crowd, cluster: RedisCluster, random: SeededRandom): Promise<void> {
  const member = members[random.integer(0, members.length - 1)];
  if (member === undefined) return;
  const slot = await slotOf(member, cluster);
  const from = await cluster.masterOf(slot);
  for (;;) {
    const to = await cluster.masterOf(random.integer(0, SLOTS - 1));
    if (to.port !== from.port) return cluster.moveSlot(slot, to);
  }
}
