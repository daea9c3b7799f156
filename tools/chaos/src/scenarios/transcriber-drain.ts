import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { oldestTranscriber, STANDARD_FLEET } from '../harness/standard-fleet.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 8, drains: 2 }, full: { sessions: 50, drains: 30 } };

/** A silence that a hand-over causes lies in this time after SIGTERM. */
const WATCH_MS = 4000;
const CALM_MS = 1500;

/** SIGTERM to the transcriber that owns every session: it hands them over and leaves. */
export const transcriberDrain: Scenario = {
  name: 'transcriber-drain',
  goal: 'drain of an owner under 50 sessions: hand-over p99 ≤ 1 s, exit 0, 0 words lost, doubled or changed',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, drains } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    const silencesMs: number[] = [];
    const exitTimesMs: number[] = [];
    const violations: string[] = [];
    // As with the kills, the first one gathers the sessions at one owner.
    for (let drain = 0; drain <= drains; drain += 1) {
      await sleep(random.integer(CALM_MS, 2 * CALM_MS));
      const atMs = performance.now();
      const { code, signal } = await oldestTranscriber(fleet).stop();
      if (code !== 0) violations.push(`drain ${drain} ended with code ${code ?? 'none'}, signal ${signal ?? 'none'}`);
      if (drain > 0) exitTimesMs.push(performance.now() - atMs);
      await Promise.all([fleet.startTranscriber(), sleep(atMs + WATCH_MS - performance.now())]);
      const silences = crowd.members.map(({ signs }) => signs.longestSilence(atMs, atMs + WATCH_MS));
      if (drain > 0) silencesMs.push(...silences);
      say(`drain ${drain} of ${drains}, longest silence ${Math.round(Math.max(...silences))} ms`);
    }
    const result = await crowd.finish();
    const figures = [
      countFigure('drains', drains + 1),
      wordsFigure(result.words, sessions),
      ...timeFigures('longest silence of a session around the hand-over', silencesMs, { p99: 1000 }),
      ...timeFigures('from SIGTERM to the exit', exitTimesMs),
    ];
    return { figures, violations: [...violations, ...result.violations] };
  },
};
