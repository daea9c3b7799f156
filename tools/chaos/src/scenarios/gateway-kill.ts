import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { restartGateway, STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, kills: 2 }, full: { sessions: 50, kills: 300 } };

const LEAST_CALM_MS = 800;
const MOST_CALM_MS = 2500;
const RESUMED_WITHIN_MS = 20_000;

/** SIGKILL of a gateway: its clients resume on the other one. */
export const gatewayKill: Scenario = {
  name: 'gateway-kill',
  goal: '300 kills, clients resume elsewhere: 0 gaps, 0 repeats; resumed p99 ≤ 1.5 s after the first try',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, kills } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const violations: string[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      const [victim] = fleet.gateways;
      if (victim === undefined) throw new Error('No gateway runs any more.');
      const atMs = performance.now();
      await victim.process.kill();
      violations.push(...(await crowd.timesToNextSign(atMs, RESUMED_WITHIN_MS)).violations);
      await restartGateway(fleet, victim);
      say(`kill ${kill} of ${kills}`);
    }
    const result = await crowd.finish();
    const resumes = result.outcomes.flatMap((outcome) => outcome.resumes);
    const figures = [
      countFigure('kills', kills),
      countFigure('resumes', resumes.length),
      wordsFigure(result.words, sessions),
      ...timeFigures(
        'from the first try to the resumed session',
        resumes.map(({ tryingMs }) => tryingMs),
        { p99: 1500 },
      ),
      ...timeFigures(
        'from the lost connection to the resumed session',
        resumes.map(({ awayMs }) => awayMs),
      ),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
