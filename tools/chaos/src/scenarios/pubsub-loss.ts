import type { Fleet } from '@verbatim/fleet';
import type { ProxiedLink } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { createMessageDropper } from '../harness/drop-messages.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { PROXIED_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = {
  smoke: { sessions: 6, dropForMs: 5000, silences: 0 },
  full: { sessions: 50, dropForMs: 60_000, silences: 10 },
};

const DROPPED_SHARE = 0.1;

/** Twice the goal: later than that it has not been found at all. */
const FOUND_WITHIN_MS = 40_000;
const CALM_MS = 2000;

/** A tenth of all publishes vanishes; then subscriptions stay attached and say nothing at all. */
export const pubsubLoss: Scenario = {
  name: 'pubsub-loss',
  goal: '10 % of publishes dropped: 0 messages missing; a silent subscription found ≤ 20 s',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, dropForMs, silences } = SIZES[scale];
    const fleet = await openFleet(PROXIED_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const dropper = createMessageDropper(DROPPED_SHARE, random);
    const dropping = gatewayProxies(fleet).map((proxy) =>
      proxy.add({ type: 'filter', links: isSubscriber, createFilter: dropper.createFilter }),
    );
    await sleep(dropForMs);
    for (const fault of dropping) fault.remove();
    const timesMs: number[] = [];
    const violations = dropper.dropped() === 0 ? ['no publish was dropped: the scenario did not happen'] : [];
    for (let round = 1; round <= silences; round += 1) {
      await sleep(CALM_MS);
      const times = await crowd.timesToNextSign(silenceSubscriptions(fleet), FOUND_WITHIN_MS);
      timesMs.push(...times.timesMs);
      violations.push(...times.violations);
      say(`silence ${round} of ${silences}, found after ${Math.round(Math.max(...times.timesMs))} ms`);
    }
    const result = await crowd.finish();
    const figures = [
      countFigure('publishes dropped', dropper.dropped()),
      wordsFigure(result.words, sessions),
      ...(silences === 0 ? [] : timeFigures('from the silence to the next message', timesMs, { p99: 20_000 })),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};

function gatewayProxies(fleet: Fleet) {
  return fleet.gateways.map(({ process }) => fleet.proxyOf(process));
}

function isSubscriber(link: ProxiedLink): boolean {
  return link.hasSaid('subscribe');
}

/** Only the subscriptions that exist: new ones work, as after a failover. @returns when it began. */
function silenceSubscriptions(fleet: Fleet): number {
  for (const proxy of gatewayProxies(fleet)) {
    const silenced = new Set(proxy.links.filter(isSubscriber));
    proxy.add({ type: 'silence', links: (link) => silenced.has(link) });
  }
  return performance.now();
}
