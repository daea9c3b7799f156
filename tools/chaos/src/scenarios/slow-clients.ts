import type { Fleet } from '@verbatim/fleet';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, type Crowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { residentBytes } from '../harness/process-usage.ts';
import { openRedisView } from '../harness/redis-view.ts';
import { startSilentReader } from '../harness/silent-reader.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import { percentile } from '../harness/statistics.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = {
  smoke: { neighbours: 8, silent: 2, observeMs: 5000 },
  full: { neighbours: 80, silent: 20, observeMs: 60_000 },
};

const SETTLE_MS = 4000;
const LOOK_EVERY_MS = 500;
const BYTES_PER_MB = 1_048_576;

/** Clients that send and never read, among others. They are compared with as many that read, in the same run. */
export const slowClients: Scenario = {
  name: 'slow-clients',
  goal: '20 clients that never read among 100: memory + ≤ 50 MB; neighbours’ p99 + ≤ 10 %; 0 words lost',
  async run({ fleet: openFleet, random, scale, say }) {
    const { neighbours, silent, observeMs } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: neighbours });
    const readers = await startCrowd({ fleet, random, size: silent });
    const memory = () => fleet.gateways.reduce((sum, { process }) => sum + residentBytes(process.pid), 0);
    const before = await observe(crowd, memory, observeMs);
    const ended = await readers.finish();
    say('the readers have left, the silent ones come');
    const sessionsBefore = await countSessions(fleet);
    const gateways = fleet.gateways.map(({ url }) => url);
    const silentOnes = Array.from({ length: silent }, (_, index) =>
      startSilentReader(gateways[index % gateways.length] ?? ''),
    );
    const during = await observe(crowd, memory, observeMs);
    const accepted = (await countSessions(fleet)) - sessionsBefore;
    const givenUp = silentOnes.filter((each) => each.isGivenUp()).length;
    for (const each of silentOnes) each.stop();
    const result = await crowd.finish();
    const slower = percentile(during.delaysMs, 0.99) / percentile(before.delaysMs, 0.99) - 1;
    const growth = (during.highestBytes - before.highestBytes) / BYTES_PER_MB;
    const figures: Figure[] = [
      { what: 'memory of the gateways, growth', value: round(growth), unit: 'MB', samples: silent, atMost: 50 },
      ...timeFigures('word delay of the neighbours, beside readers', before.delaysMs),
      ...timeFigures('word delay of the neighbours, beside silent ones', during.delaysMs),
      {
        what: 'word delay of the neighbours, p99 growth',
        value: round(100 * slower),
        unit: '%',
        samples: neighbours,
        atMost: 10,
      },
      { ...countFigure('silent ones that the gateway gave up meanwhile', givenUp), samples: silent },
      wordsFigure(result.words + ended.words, neighbours + silent),
    ];
    const missing = accepted < silent ? [`only ${accepted} of ${silent} silent clients got a session`] : [];
    return { figures, violations: [...missing, ...ended.violations, ...result.violations] };
  },
};

/** Records of sessions in Redis; those that ended stay for their retention. */
async function countSessions(fleet: Fleet): Promise<number> {
  const view = openRedisView(fleet.redis.url);
  const names = await view.keyNames();
  view.close();
  return names.filter((name) => /:s:[^:]+$/.test(name)).length;
}

async function observe(crowd: Crowd, memory: () => number, observeMs: number) {
  await sleep(SETTLE_MS);
  const fromMs = performance.now();
  let highestBytes = 0;
  while (performance.now() < fromMs + observeMs) {
    await sleep(LOOK_EVERY_MS);
    highestBytes = Math.max(highestBytes, memory());
  }
  const delaysMs = crowd.members.flatMap(({ signs }) => signs.wordDelays(fromMs, performance.now()));
  return { delaysMs, highestBytes };
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
