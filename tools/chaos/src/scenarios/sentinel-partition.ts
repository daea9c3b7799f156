import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet, LedgerOutcome } from '@verbatim/fleet';
import { startCrowd, type Crowd, type CrowdResult } from '../harness/crowd.ts';
import { countFigure, reclaimedFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { startSplitSentinelSet, type SplitSentinelSet } from '../harness/split-sentinel-set.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import { openTwoSites, whyNoSites, type NetworkSite, type TwoSites } from '../harness/two-sites.ts';
import type { Scenario, ScenarioContext, ScenarioReport } from '../scenario.ts';

const SIZES = { smoke: { cuts: 1, sessions: 4 }, full: { cuts: 10, sessions: 12 } };

const CUT_MS = 8000;
const LEAST_CALM_MS = 2000;
const MOST_CALM_MS = 4000;

/** The old master is demoted some 8 s after the link is back; by then its gateway must have been told, and have told its clients. */
const FLOWS_WITHIN_MS = 25_000;

/** The master is cut off from its replicas and from the Sentinels, and a gateway with it. */
export const sentinelPartition: Scenario = {
  name: 'sentinel-partition',
  goal: "10 partitions of 8 s, master and a gateway on the losing side: 0 words missing after the client's resend",
  async run(context) {
    const skipped = await whyNoSites();
    if (skipped !== undefined) return { figures: [], violations: [], skipped };
    const sites = await openTwoSites();
    try {
      const set = await startSplitSentinelSet(sites);
      try {
        return await cutLinks(context, { sites, set });
      } finally {
        await set.stop();
      }
    } finally {
      await sites.remove();
    }
  },
};

interface Place {
  readonly sites: TwoSites;
  readonly set: SplitSentinelSet;
}

/** Those who stay know only the gateway that is cut off, and speak through all cuts; the rovers know both, and are new for each. */
async function cutLinks(context: ScenarioContext, place: Place): Promise<ScenarioReport> {
  const { random, scale, say } = context;
  const { cuts, sessions } = SIZES[scale];
  const fleet = await startAtSites(context, place);
  try {
    const stayers = await startCrowd({
      fleet: { ...fleet, gateways: fleet.gateways.slice(0, 1) },
      random,
      size: sessions,
    });
    const record = createRecord();
    for (let cut = 1; cut <= cuts; cut += 1) {
      const rovers = await startCrowd({ fleet, random, size: sessions });
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      const round = await cutOnce(place, [stayers, rovers]);
      record.takeRound(`cut ${cut}`, round, await rovers.finish());
      say(`cut ${cut} of ${cuts}, flowing again ${Math.round(Math.max(...round.timesMs))} ms after it healed`);
    }
    record.takeResult('those who stay', await stayers.finish());
    return record.report(cuts, sessions * (cuts + 1));
  } finally {
    await stopAll(fleet);
  }
}

/** Both transcribers are with the Sentinels, as a majority is; a gateway of each site serves clients who reach both. */
async function startAtSites(context: ScenarioContext, { sites: { a, b }, set }: Place): Promise<Fleet> {
  const fleet = await context.fleet({
    ...STANDARD_FLEET,
    ...{ isRedisDurable: false, gateways: 0, transcribers: 0, redisUrl: set.url },
  });
  for (let count = 0; count < STANDARD_FLEET.transcribers; count += 1)
    await fleet.startTranscriber({}, b.commandPrefix);
  for (const site of [a, b]) await fleet.startGateway({ HOST: site.outsideAddress }, site.commandPrefix);
  return fleet;
}

/** They end while their Redis and their network are still there. */
async function stopAll({ gateways, transcribers }: Fleet): Promise<void> {
  await Promise.all([...gateways.map(({ process }) => process), ...transcribers].map((process) => process.stop()));
}

interface Round {
  /** From the healing to the next word of each session. */
  readonly timesMs: readonly number[];
  /** Of each session from the cut on, by the site of the gateway where it began. */
  readonly silencesMs: { readonly a: readonly number[]; readonly b: readonly number[] };
  readonly violations: readonly string[];
}

async function cutOnce({ sites, set }: Place, crowds: readonly Crowd[]): Promise<Round> {
  const cutAtMs = performance.now();
  await sites.cut();
  await sleep(CUT_MS);
  const isStillLedFromA = await set.isLedFromA();
  const healedAtMs = performance.now();
  await sites.heal();
  const times = await Promise.all(crowds.map((crowd) => crowd.timesToNextSign(healedAtMs, FLOWS_WITHIN_MS)));
  const members = crowds.flatMap((crowd) => crowd.members);
  const silencesAt = ({ outsideAddress }: NetworkSite) =>
    members
      .filter(({ url }) => new URL(url).hostname === outsideAddress)
      .map(({ signs }) => signs.longestSilence(cutAtMs, performance.now()));
  const silencesMs = { a: silencesAt(sites.a), b: silencesAt(sites.b) };
  await set.untilFollowed();
  await set.leadFromA();
  const ledAtMs = performance.now();
  const after = await Promise.all(crowds.map((crowd) => crowd.timesToNextSign(ledAtMs, FLOWS_WITHIN_MS)));
  return {
    timesMs: times.flatMap(({ timesMs }) => timesMs),
    silencesMs,
    violations: [
      ...(isStillLedFromA ? ['the Sentinels made no other server the master: nothing was tried'] : []),
      ...[...times, ...after].flatMap(({ violations }) => violations),
    ],
  };
}

/** Everything that the rounds brought. */
function createRecord() {
  const timesMs: number[] = [];
  const silencesMs = { a: [] as number[], b: [] as number[] };
  const violations: string[] = [];
  const outcomes: LedgerOutcome[] = [];
  let words = 0;
  const takeResult = (when: string, result: CrowdResult) => {
    words += result.words;
    outcomes.push(...result.outcomes);
    violations.push(...result.violations.map((text) => `${when}: ${text}`));
  };
  return {
    takeResult,
    takeRound(when: string, round: Round, result: CrowdResult) {
      timesMs.push(...round.timesMs);
      silencesMs.a.push(...round.silencesMs.a);
      silencesMs.b.push(...round.silencesMs.b);
      violations.push(...round.violations.map((text) => `${when}: ${text}`));
      takeResult(when, result);
    },
    report: (cuts: number, sessions: number): ScenarioReport => ({
      violations,
      figures: [
        countFigure(`partitions of ${CUT_MS / 1000} s`, cuts),
        wordsFigure(words, sessions),
        reclaimedFigure(outcomes),
        ...timeFigures('from the link being back to the next message of a session', timesMs),
        ...timeFigures('longest silence of a session at the gateway that is cut off', silencesMs.a),
        ...timeFigures('longest silence of a session at the other gateway', silencesMs.b),
      ],
    }),
  };
}
