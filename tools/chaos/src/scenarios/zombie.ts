import { loggedEvents } from '@verbatim/fleet';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, wordsFigure } from '../harness/figures.ts';
import { LEASE_MS, oldestTranscriber, STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, pauses: 1 }, full: { sessions: 50, pauses: 100 } };

/** Past three leases: its sessions have a new owner, several finals further on. */
const STANDS_STILL_MS = 3.5 * LEASE_MS;

/** A zombie that wakes tries to write at once or never. */
const WAKES_FOR_MS = 1500;
const CALM_MS = 1000;
const TAKEN_OVER_WITHIN_MS = 20_000;

/** SIGSTOP of the owner past three leases, then SIGCONT: it wakes believing that its sessions are still its own. */
export const zombie: Scenario = {
  name: 'zombie',
  goal: '100 owners stopped past 3 leases and woken: 0 of their writes accepted, some refused and counted',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, pauses } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const violations: string[] = [];
    let owner = oldestTranscriber(fleet);
    for (let pause = 1; pause <= pauses; pause += 1) {
      await sleep(random.integer(CALM_MS, 2 * CALM_MS));
      const atMs = performance.now();
      owner.pause();
      const times = await crowd.timesToNextSign(atMs, TAKEN_OVER_WITHIN_MS);
      violations.push(...times.violations);
      await sleep(atMs + STANDS_STILL_MS - performance.now());
      owner.resume();
      await sleep(WAKES_FOR_MS);
      say(`zombie ${pause} of ${pauses}`);
      owner = fleet.transcribers.find((other) => other !== owner) ?? owner;
    }
    const result = await crowd.finish();
    const refused = fleet.transcribers.reduce((sum, process) => sum + loggedEvents(process, 'write_fenced').length, 0);
    const figures = [
      countFigure('zombies', pauses),
      wordsFigure(result.words, sessions),
      { ...countFigure('writes refused', refused), samples: pauses, ...(scale === 'full' ? { atLeast: 1 } : {}) },
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
