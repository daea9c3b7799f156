import { always } from '@verbatim/emulators';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, type Member } from '../harness/crowd.ts';
import { startEmulatedProviders } from '../harness/emulated-providers.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 4, phaseMs: 3000 }, full: { sessions: 10, phaseMs: 30_000 } };

/** What a recogniser may take. */
const PROVIDER_TIMEOUT_MS = 3000;
/** Late, but served: with the half second between two interims less than half of what it may take. */
const LATE_MS = 700;
/** As good as dead. */
const TOO_LATE_MS = 8000;
/** A fault meets streams that begin: the utterances under way, of four and a half seconds, come first. Units: milliseconds. */
const SETTLED_AFTER_MS = 6000;

/** The preferred recogniser gets slow, and slower. */
export const providerSlow: Scenario = {
  name: 'provider-slow',
  goal: 'a recogniser that answers late keeps its sessions, one that answers too late loses them: 0 words lost, doubled or changed',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, phaseMs } = SIZES[scale];
    const providers = await startEmulatedProviders({
      random,
      env: { STT_PROVIDER_TIMEOUT_MS: String(PROVIDER_TIMEOUT_MS) },
    });
    try {
      const fleet = await openFleet(providers.fleet);
      const crowd = await startCrowd({ fleet, random, size: sessions, isProviderOpen: true });
      const figures: Figure[] = [];
      for (const [name, delayMs] of [
        ['in time', 0],
        [`${LATE_MS} ms late`, LATE_MS],
        [`${TOO_LATE_MS} ms late`, TOO_LATE_MS],
      ] as const) {
        providers.emulators.google.setFaults(always(delayMs === 0 ? undefined : { kind: 'slow', delayMs }));
        await sleep(SETTLED_AFTER_MS);
        const startedMs = performance.now();
        await sleep(phaseMs);
        const delays = crowd.members.flatMap(({ signs }) => signs.wordDelays(startedMs, performance.now()));
        figures.push(...timeFigures(`google ${name}: from a word to its text`, delays), {
          ...countFigure(`google ${name}: sessions it serves`, servedByGoogle(crowd.members)),
          samples: sessions,
        });
        say(`google ${name}: serves ${servedByGoogle(crowd.members)} of ${sessions}`);
      }
      const result = await crowd.finish();
      return { figures: [...figures, wordsFigure(result.words, sessions)], violations: result.violations };
    } finally {
      await providers.stop();
    }
  },
};

function servedByGoogle(members: readonly Member[]): number {
  return members.filter(({ trace }) => trace.current() === 'google').length;
}
