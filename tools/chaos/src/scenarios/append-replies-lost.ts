import type { Fleet } from '@verbatim/fleet';
import type { SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, type Crowd } from '../harness/crowd.ts';
import { countFigure, wordsFigure } from '../harness/figures.ts';
import { openRedisView, type RedisView } from '../harness/redis-view.ts';
import { PROXIED_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, cuts: 10 }, full: { sessions: 20, cuts: 1000 } };

/** What is under way reaches Redis; its reply does not reach the gateway. */
const CUT_AFTER_MS = 20;

/** Between two cuts: longer than a reconnect, so that appends are under way again. */
const LEAST_CALM_MS = 150;
const MOST_CALM_MS = 500;

const CHECK_EVERY_CUTS = 20;
const ENTRY_SAMPLES = 1600;

/** Appends are executed and their replies lost, the connection cut: nobody knows what is stored. */
export const appendRepliesLost: Scenario = {
  name: 'append-replies-lost',
  goal: '1000 cuts that lose the replies of appends: one entry a frame, 0 words lost or doubled',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, cuts } = SIZES[scale];
    const fleet = await openFleet(PROXIED_FLEET);
    const view = openRedisView(fleet.redis.url);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const violations: string[] = [];
    let entries = 0;
    for (let cut = 1; cut <= cuts; cut += 1) {
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      await loseReplies(fleet, random);
      if (cut % CHECK_EVERY_CUTS !== 0 && cut !== cuts) continue;
      const checked = await checkStreams(crowd, view);
      entries += checked.entries;
      violations.push(...checked.violations);
      say(`cut ${cut} of ${cuts}`);
    }
    view.close();
    const result = await crowd.finish();
    const figures = [
      countFigure('cuts', cuts),
      countFigure('entries of waiting audio looked at', entries),
      wordsFigure(result.words, sessions),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};

async function loseReplies(fleet: Fleet, random: SeededRandom): Promise<void> {
  const gateway = fleet.gateways[random.integer(0, fleet.gateways.length - 1)];
  if (gateway === undefined) return;
  const proxy = fleet.proxyOf(gateway.process);
  const losing = new Set(proxy.links.filter((link) => !link.hasSaid('subscribe')));
  const fault = proxy.add({ type: 'drop_replies', cutAfterMs: CUT_AFTER_MS, links: (link) => losing.has(link) });
  await Promise.all([...losing].map(({ closed }) => closed));
  fault.remove();
}

/** The entries that wait in Redis follow each other without gap and without repeat. */
async function checkStreams(crowd: Crowd, view: RedisView) {
  const violations: string[] = [];
  let entries = 0;
  for (const { name, call } of crowd.members) {
    const positions = await view.audioPositions(call.sessionId);
    entries += positions.length;
    const wrong = positions.findIndex((at, index) => index > 0 && at - (positions[index - 1] ?? 0) > ENTRY_SAMPLES);
    if (wrong > 0) violations.push(`${name}: its audio jumps from ${positions[wrong - 1]} to ${positions[wrong]}`);
  }
  return { entries, violations };
}
