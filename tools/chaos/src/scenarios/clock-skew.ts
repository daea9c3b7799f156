import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { faketimeCandidates } from '../config.ts';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, wordsFigure } from '../harness/figures.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, observeMs: 6000 }, full: { sessions: 50, observeMs: 120_000 } };

/** One transcriber an hour ahead, one an hour behind; the monotonic clock stays true, as on a machine whose date is wrong. */
const SKEWS = ['+1h', '-1h'];

/** Two transcribers whose date is wrong in opposite directions. */
export const clockSkew: Scenario = {
  name: 'clock-skew',
  goal: 'transcribers an hour ahead and an hour behind: 0 false takeovers, 0 words lost',
  async run({ fleet: openFleet, random, scale }) {
    const library = faketimeCandidates().find((path) => existsSync(path));
    if (library === undefined) return { figures: [], violations: [], skipped: 'libfaketime is not installed' };
    const { sessions, observeMs } = SIZES[scale];
    const fleet = await openFleet({ ...STANDARD_FLEET, transcribers: 0, gateways: 0 });
    for (const skew of SKEWS)
      await fleet.startTranscriber({ LD_PRELOAD: library, FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    for (let gateways = 0; gateways < STANDARD_FLEET.gateways; gateways += 1) await fleet.startGateway();
    const crowd = await startCrowd({ fleet, random, size: sessions });
    await sleep(observeMs);
    const takeovers = crowd.members.reduce((sum, { signs }) => sum + signs.recoveries(), 0);
    const result = await crowd.finish();
    const figures = [
      { ...countFigure('takeovers', takeovers), samples: sessions },
      wordsFigure(result.words, sessions),
    ];
    const mistaken = takeovers > 0 ? [`${takeovers} takeovers though no owner died`] : [];
    return { figures, violations: [...mistaken, ...result.violations] };
  },
};
