import type { Fleet } from '@verbatim/fleet';
import type { ProcessExit } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { restartGateway, STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, deploys: 1 }, full: { sessions: 50, deploys: 20 } };

/** A deployment waits for the new one to be ready, not for the sessions to be calm. */
const CALM_MS = 500;

/** Every process is replaced while sessions speak, as a deployment does it: a new one is ready before an old one is asked to leave. */
export const rollingDeploy: Scenario = {
  name: 'rolling-deploy',
  goal: '20 rolling deploys of 2 gateways and 2 transcribers under 50 sessions: 0 failed sessions, every exit 0',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, deploys } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const silencesMs: number[] = [];
    const violations: string[] = [];
    for (let deploy = 1; deploy <= deploys; deploy += 1) {
      await sleep(CALM_MS);
      const startedAtMs = performance.now();
      for (const { code, signal } of await replaceAll(fleet))
        if (code !== 0)
          violations.push(`deploy ${deploy}: an exit with ${code ?? 'no code'}, ${signal ?? 'no signal'}`);
      const nowMs = performance.now();
      silencesMs.push(...crowd.members.map(({ signs }) => signs.longestSilence(startedAtMs, nowMs)));
      say(`deploy ${deploy} of ${deploys} in ${Math.round(nowMs - startedAtMs)} ms`);
    }
    const result = await crowd.finish();
    const figures = [
      countFigure('deploys', deploys),
      countFigure('resumes', result.outcomes.flatMap(({ resumes }) => resumes).length),
      wordsFigure(result.words, sessions),
      ...timeFigures('longest silence of a session during a deploy', silencesMs),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};

async function replaceAll(fleet: Fleet): Promise<readonly ProcessExit[]> {
  const exits: ProcessExit[] = [];
  for (const old of [...fleet.transcribers]) {
    await fleet.startTranscriber();
    exits.push(await old.stop());
  }
  // Two gateways at one address are the load balancer's business: here the address is free for a moment, and the other one serves.
  for (const old of [...fleet.gateways]) {
    exits.push(await old.process.stop());
    await restartGateway(fleet, old);
  }
  return exits;
}
