import type { Fleet } from '@verbatim/fleet';
import type { SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, within, type Member } from '../harness/crowd.ts';
import { countFigure, timeFigures } from '../harness/figures.ts';
import { openRedisView } from '../harness/redis-view.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import { checkPrefix } from '../ledger/check-ledger.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, losses: 1 }, full: { sessions: 20, losses: 20 } };

/** Long enough for finals to be delivered before the state is lost. */
const LEAST_CALM_MS = 3000;
const MOST_CALM_MS = 6000;

/** A session that has no answer by then hangs. */
const ANSWERED_WITHIN_MS = 30_000;

/** The state is lost for good: this and nothing else is the truth. */
const LOST_CLOSE_CODE = 4014;

/** Redis loses everything: FLUSHALL, or a restart without persistence. */
export const redisFlush: Scenario = {
  name: 'redis-flush',
  goal: '20 losses of all data in Redis: every session ends with a true answer, none hangs',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, losses } = SIZES[scale];
    const fleet = await openFleet({ ...STANDARD_FLEET, isRedisDurable: false });
    const timesMs: number[] = [];
    const violations: string[] = [];
    for (let loss = 1; loss <= losses; loss += 1) {
      const crowd = await startCrowd({ fleet, random, size: sessions });
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      const atMs = performance.now();
      await loseEverything(fleet, random);
      const answers = await Promise.all(crowd.members.map((member) => answerOf(member, atMs)));
      violations.push(...answers.flatMap(({ complaints }) => complaints));
      timesMs.push(...answers.map(({ tookMs }) => tookMs));
      say(`loss ${loss} of ${losses}`);
    }
    const figures = [
      countFigure('losses of all data', losses),
      countFigure('sessions', losses * sessions),
      ...timeFigures('from the loss to the answer', timesMs),
    ];
    return { figures, violations };
  },
};

async function loseEverything(fleet: Fleet, random: SeededRandom): Promise<void> {
  if (random.next() < 0.5) return fleet.redis.restart();
  const view = openRedisView(fleet.redis.url);
  await view.flushAll();
  view.close();
}

async function answerOf({ name, call }: Member, atMs: number) {
  const outcome = await within(call.outcome, ANSWERED_WITHIN_MS);
  const tookMs = performance.now() - atMs;
  call.hangUp();
  if (outcome === undefined)
    return { tookMs, complaints: [`${name} hangs: no answer within ${ANSWERED_WITHIN_MS} ms`] };
  const { closeCode, errors, events } = outcome;
  const isTrue = closeCode === LOST_CLOSE_CODE && errors.length > 0 && events.every(({ type }) => type !== 'ended');
  const complaints = [
    ...(isTrue ? [] : [`closed with ${closeCode} (${errors.join('; ')})`]),
    ...checkPrefix(outcome).map(({ kind, detail }) => `${kind}: ${detail}`),
  ];
  return { tookMs, complaints: complaints.map((text) => `${name}: ${text}`) };
}
