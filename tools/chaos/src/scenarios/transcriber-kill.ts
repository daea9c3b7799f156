import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { oldestTranscriber, STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, kills: 2 }, full: { sessions: 50, kills: 300 } };

/** Five times the goal: beyond it the session is as good as lost. */
const TAKEN_OVER_WITHIN_MS = 20_000;

/** Between two kills: long enough for commits in between, never the same distance to the last of them. */
const LEAST_CALM_MS = 500;
const MOST_CALM_MS = 2000;

/** SIGKILL of the transcriber that owns every session, again and again. */
export const transcriberKill: Scenario = {
  name: 'transcriber-kill',
  goal: '300 kills of an owner under 50 sessions: 0 words lost, doubled or changed; takeover p50 ≤ 2.5 s, p99 ≤ 4 s',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, kills } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const timesMs: number[] = [];
    const violations: string[] = [];
    // The first kill gathers the sessions at one owner; half of them were not its own, so it is not measured.
    for (let kill = 0; kill <= kills; kill += 1) {
      await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
      const killedAtMs = performance.now();
      await oldestTranscriber(fleet).kill();
      const times = await crowd.timesToNextSign(killedAtMs, TAKEN_OVER_WITHIN_MS);
      violations.push(...times.violations);
      // Not earlier: the one that is left shall own them all, so that the next kill hits every session.
      await fleet.startTranscriber();
      if (kill > 0) timesMs.push(...times.timesMs);
      say(`kill ${kill} of ${kills}, longest takeover ${Math.round(Math.max(...times.timesMs))} ms`);
    }
    const result = await crowd.finish();
    const figures = [
      countFigure('kills', kills + 1),
      wordsFigure(result.words, sessions),
      ...timeFigures('from SIGKILL to the next message of a session', timesMs, { p50: 2500, p99: 4000 }),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
