import type { Fleet } from '@verbatim/fleet';
import { eventually, type SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd } from '../harness/crowd.ts';
import { countFigure, wordsFigure } from '../harness/figures.ts';
import { openRedisView, type RedisView } from '../harness/redis-view.ts';
import { PROXIED_FLEET } from '../harness/standard-fleet.ts';
import { watchUsage, type Usage } from '../harness/usage-watch.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { SOAK_FAULTS } from './soak-faults.ts';

const SIZES = {
  smoke: { callers: 4, lastsMs: 30_000, faultEveryMs: 6000 },
  full: { callers: 20, lastsMs: 20 * 60_000, faultEveryMs: 20_000 },
};

/** Short lives, so that what a session leaves behind is due within the run. */
const LIFETIMES = { STT_RESUME_WINDOW_MS: '10000', STT_RETENTION_MS: '5000' };
const SHORTEST_CALL_MS = 5000;
const LONGEST_CALL_MS = 40_000;

/** Well beyond every TTL above and the reaper's period. */
const KEYS_GONE_WITHIN_MS = 120_000;

/** Connections that were just closed are closed on the other side a moment later. */
const SETTLE_MS = 5000;

/** Sessions come and go under one fault after the other; nothing may pile up. */
export const soak: Scenario = {
  name: 'soak',
  goal: '20 minutes, a fault every 20 s: 0 words lost; memory slope ≤ 2 MB/h; handles and keys back to the baseline',
  async run({ fleet: openFleet, random, scale, say }) {
    const { callers, lastsMs, faultEveryMs } = SIZES[scale];
    const env = { ...PROXIED_FLEET.env, ...LIFETIMES };
    const fleet = await openFleet({ ...PROXIED_FLEET, env, jobs: 1 });
    const view = openRedisView(fleet.redis.url);
    await sleep(SETTLE_MS);
    const usage = watchUsage(watched(fleet), lastsMs);
    const untilMs = performance.now() + lastsMs;
    const calling = Array.from({ length: callers }, (_, line) => callAgainAndAgain({ fleet, random, line, untilMs }));
    const [faults, ...results] = await Promise.all([
      makeFaults(fleet, { random, untilMs, faultEveryMs, say }),
      ...calling,
    ]);
    const leftKeys = await keysLeft(view);
    view.close();
    await sleep(SETTLE_MS);
    const sum = (count: (result: CallerResult) => number) =>
      results.reduce((total, result) => total + count(result), 0);
    const figures: Figure[] = [
      countFigure('faults', faults),
      wordsFigure(
        sum(({ words }) => words),
        sum(({ sessions }) => sessions),
      ),
      ...usageFigures(usage.finish()),
      {
        ...countFigure('keys of sessions left behind', leftKeys.length),
        samples: sum(({ sessions }) => sessions),
        atMost: 0,
      },
    ];
    const left = leftKeys.length > 0 ? [`keys of sessions are left: ${leftKeys.slice(0, 5).join(', ')}`] : [];
    return { figures, violations: [...results.flatMap(({ violations }) => violations), ...left] };
  },
};

function watched(fleet: Fleet): Readonly<Record<string, number>> {
  const named = { gateway: fleet.gateways[0]?.process, transcriber: fleet.transcribers[0], jobs: fleet.jobs[0] };
  return Object.fromEntries(Object.entries(named).flatMap(([name, process]) => (process ? [[name, process.pid]] : [])));
}

interface CallerResult {
  readonly sessions: number;
  readonly words: number;
  readonly violations: readonly string[];
}

interface Caller {
  readonly fleet: Fleet;
  readonly random: SeededRandom;
  readonly line: number;
  readonly untilMs: number;
}

async function callAgainAndAgain({ fleet, random, line, untilMs }: Caller): Promise<CallerResult> {
  const violations: string[] = [];
  let sessions = 0;
  let words = 0;
  while (performance.now() < untilMs) {
    try {
      const crowd = await startCrowd({ fleet, random, size: 1, from: line + sessions });
      await sleep(random.integer(SHORTEST_CALL_MS, LONGEST_CALL_MS));
      const result = await crowd.finish();
      words += result.words;
      violations.push(...result.violations);
    } catch (failure) {
      violations.push(`line ${line}: no session could be opened: ${String(failure)}`);
    }
    sessions += 1;
  }
  return { sessions, words, violations };
}

interface FaultPlan {
  readonly random: SeededRandom;
  readonly untilMs: number;
  readonly faultEveryMs: number;
  readonly say: (line: string) => void;
}

/** Each kind once before any comes again, in an order that the seed decides. */
async function makeFaults(fleet: Fleet, { random, untilMs, faultEveryMs, say }: FaultPlan): Promise<number> {
  const waiting: (typeof SOAK_FAULTS)[number][] = [];
  let made = 0;
  for (let nextMs = performance.now() + faultEveryMs; nextMs < untilMs - faultEveryMs; nextMs += faultEveryMs) {
    await sleep(Math.max(0, nextMs - performance.now()));
    if (waiting.length === 0) waiting.push(...SOAK_FAULTS);
    const [fault] = waiting.splice(random.integer(0, waiting.length - 1), 1);
    if (fault === undefined) break;
    say(fault.name);
    await fault.make(fleet);
    made += 1;
  }
  return made;
}

/** Counters and process records are not a session's; everything with a shard's hash tag is. */
async function keysLeft(view: RedisView): Promise<readonly string[]> {
  const ofSessions = async () => (await view.keyNames()).filter((name) => /^stt:\{\d\d\}:/.test(name));
  const none = async () => {
    const left = await ofSessions();
    if (left.length > 0) throw new Error(`${left.length} keys are left`);
    return left;
  };
  return eventually(none, { timeoutMs: KEYS_GONE_WITHIN_MS, everyMs: 1000 }).catch(ofSessions);
}

function usageFigures(usage: readonly Usage[]): readonly Figure[] {
  return usage.flatMap(({ name, samples, slopeMBPerHour, handlesBefore, handlesAfter }): Figure[] => [
    { what: `memory slope of the ${name}`, value: round(slopeMBPerHour), unit: 'MB/h', samples, atMost: 2 },
    {
      what: `handles of the ${name} beyond the baseline of ${handlesBefore}`,
      value: handlesAfter - handlesBefore,
      unit: '',
      samples: 1,
      atMost: 0,
    },
  ]);
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
