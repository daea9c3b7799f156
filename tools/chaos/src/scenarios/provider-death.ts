import type { Fleet } from '@verbatim/fleet';
import type { SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, type Crowd, type Member } from '../harness/crowd.ts';
import {
  startEmulatedProviders,
  WAYS_TO_DIE,
  type EmulatedProvider,
  type EmulatedProviders,
  type WayToDie,
} from '../harness/emulated-providers.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = {
  smoke: { sessions: 4, deaths: 2, outageMs: 0 },
  full: { sessions: 8, deaths: 50, outageMs: 20_000 },
};

/** Each round Google dies under its sessions, and then Whisper does. */
const VICTIMS: readonly EmulatedProvider[] = ['google', 'whisper'];

/**
 * What a session hears of each in calm speech: Google's emulator says something for every half second of audio, and Whisper is asked once a
 * second (its default, as it is paid for). Units: milliseconds.
 */
const TEXT_EVERY_MS: Readonly<Record<EmulatedProvider, number>> = { google: 500, whisper: 1000 };

/** Between two deaths: never the same distance to the last final. */
const LEAST_CALM_MS = 1500;
const MOST_CALM_MS = 3000;
/** Five times the goal: beyond it the session is as good as lost. */
const FAILED_OVER_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** The recogniser that serves dies, in every way it can. */
export const providerDeath: Scenario = {
  name: 'provider-death',
  goal: '50 deaths of the serving recogniser: 0 words lost, doubled or changed; text from the next one p99 ≤ 2 s after the first that is missing; requests ≤ 1.1 ×',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, deaths, outageMs } = SIZES[scale];
    const providers = await startEmulatedProviders({ random });
    const firstWay = random.integer(0, WAYS_TO_DIE.length - 1);
    try {
      const stage: Stage = { fleet: await openFleet(providers.fleet), providers, random, sessions, say };
      const seen: Seen = { timesMs: [], missedMs: [], statusMs: [], askedDead: [], words: 0, violations: [] };
      for (let death = 0; death < deaths; death += VICTIMS.length) {
        await playRound(stage, seen, firstWay + death / VICTIMS.length);
        say(`${death + VICTIMS.length} of ${deaths} deaths`);
        await renewTranscribers(stage.fleet);
      }
      const outage = outageMs === 0 ? NO_OUTAGE : await playOutage(stage, outageMs);
      const figures = [
        countFigure('deaths', deaths),
        wordsFigure(seen.words + outage.words, sessions),
        ...timeFigures('from the death to text by the next recogniser', seen.timesMs),
        ...timeFigures('from the first text that did not come to text by the next recogniser', seen.missedMs, {
          p99: 2000,
        }),
        ...timeFigures('from the death to session_status', seen.statusMs),
        meanFigure('requests that a dead recogniser got, for each of its sessions', seen.askedDead),
        ...outage.figures,
      ];
      return { figures, violations: [...seen.violations, ...outage.violations] };
    } finally {
      await providers.stop();
    }
  },
};

interface Stage {
  readonly fleet: Fleet;
  readonly providers: EmulatedProviders;
  readonly random: SeededRandom;
  readonly sessions: number;
  readonly say: (line: string) => void;
}

interface Seen {
  readonly timesMs: number[];
  readonly missedMs: number[];
  readonly statusMs: number[];
  readonly askedDead: number[];
  words: number;
  readonly violations: string[];
}

/** Fresh sessions begin with Google; it dies, then Whisper does, and at the end the ledger at home serves them. */
async function playRound(stage: Stage, seen: Seen, firstWay: number): Promise<void> {
  const { fleet, providers, random, sessions } = stage;
  const crowd = await startCrowd({ fleet, random, size: sessions, isProviderOpen: true });
  for (const [index, victim] of VICTIMS.entries()) {
    await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
    const way = WAYS_TO_DIE[(firstWay + 3 * index) % WAYS_TO_DIE.length] ?? 'down';
    await dieOnce(stage, seen, { crowd, victim, way });
  }
  await sleep(random.integer(LEAST_CALM_MS, MOST_CALM_MS));
  for (const victim of VICTIMS) providers.revive(victim);
  const result = await crowd.finish();
  seen.words += result.words;
  seen.violations.push(...result.violations);
}

interface Death {
  readonly crowd: Crowd;
  readonly victim: EmulatedProvider;
  readonly way: WayToDie;
}

async function dieOnce({ providers, say }: Stage, seen: Seen, { crowd, victim, way }: Death): Promise<void> {
  const hit = crowd.members.filter(({ trace }) => trace.current() === victim);
  const emulator = providers.emulators[victim];
  const before = emulator.requests;
  const diedAtMs = performance.now();
  providers.kill(victim, way);
  const missing = () => hit.filter(({ trace }) => trace.firstTextElsewhere(diedAtMs, victim) === undefined);
  while (missing().length > 0 && performance.now() < diedAtMs + FAILED_OVER_WITHIN_MS) await sleep(LOOK_EVERY_MS);
  const timesMs = hit.flatMap(({ trace }) => trace.firstTextElsewhere(diedAtMs, victim) ?? []);
  seen.timesMs.push(...timesMs);
  seen.missedMs.push(...hit.flatMap(({ trace }) => trace.missedTextFor(diedAtMs, victim, TEXT_EVERY_MS[victim]) ?? []));
  seen.statusMs.push(...hit.flatMap(({ trace }) => trace.firstStatus(diedAtMs) ?? []));
  if (hit.length > 0) seen.askedDead.push((emulator.requests - before) / hit.length);
  const late = missing().map(
    ({ name }) => `${name}: no other recogniser ${FAILED_OVER_WITHIN_MS} ms after ${victim} died (${way})`,
  );
  seen.violations.push(...late);
  if (hit.length === 0) seen.violations.push(`nobody was served by ${victim} when it was to die (${way})`);
  say(`${victim}: ${way}, ${hit.length} sessions, longest ${Math.round(Math.max(0, ...timesMs))} ms`);
}

/** A process that has just started has no opinion of any recogniser: the next round begins with Google again. */
async function renewTranscribers(fleet: Fleet): Promise<void> {
  const old = [...fleet.transcribers];
  for (let count = 0; count < old.length; count += 1) await fleet.startTranscriber();
  await Promise.all(old.map((process) => process.stop()));
}

interface Outage {
  readonly words: number;
  readonly figures: readonly Figure[];
  readonly violations: readonly string[];
}

const NO_OUTAGE: Outage = { words: 0, figures: [], violations: [] };

const CALM_MS = 20_000;
/** Some nine sentences of each session, as many as it says from the outage until it is back. Units: milliseconds. */
const RATE_OVER_MS = 40_000;
/** A breaker's pause, the time a session stays away from one that it left, and an utterance. */
const BACK_WITHIN_MS = 70_000;

/**
 * One outage of Google in the middle of long sessions: how many requests that costs beside the same speech without one, and how long until the
 * sessions are back at the recogniser they prefer.
 */
async function playOutage(stage: Stage, outageMs: number): Promise<Outage> {
  const { fleet, providers, random, sessions, say } = stage;
  const rates = { google: await calmRate(stage, 'google'), whisper: await calmRate(stage, 'whisper') };
  say(`requests per second of audio: google ${rates.google.toFixed(2)}, whisper ${rates.whisper.toFixed(2)}`);
  const before = totalRequests(providers);
  const crowd = await startCrowd({ fleet, random, size: sessions, isProviderOpen: true });
  await sleep(CALM_MS);
  providers.kill('google', 'refuse 503');
  await sleep(outageMs);
  providers.revive('google');
  const revivedAtMs = performance.now();
  const away = () => crowd.members.filter(({ trace }) => trace.current() !== 'google');
  while (away().length > 0 && performance.now() < revivedAtMs + BACK_WITHIN_MS) await sleep(LOOK_EVERY_MS);
  const backMs = performance.now() - revivedAtMs;
  const notBack = away().map(({ name }) => `${name} is not back at google ${BACK_WITHIN_MS} ms after it recovered`);
  await sleep(CALM_MS);
  const result = await crowd.finish();
  const asked = totalRequests(providers) - before;
  const needed = VICTIMS.reduce((sum, provider) => sum + rates[provider] * servedSeconds(crowd.members, provider), 0);
  const figures: Figure[] = [
    {
      ...{ what: 'requests beside the same speech without an outage', unit: '×', samples: asked, atMost: 1.1 },
      value: Math.round((100 * asked) / needed) / 100,
    },
    {
      ...{ what: 'from the recovery until every session is back at the preferred recogniser', unit: 'ms' },
      ...{ value: Math.round(backMs), samples: sessions },
    },
  ];
  return { words: result.words, figures, violations: [...notBack, ...result.violations] };
}

/**
 * Requests per second of audio where nothing goes wrong, of sessions as old as those in the outage: from its fourth sentence on the ledger's
 * numbers repeat themselves so much that Whisper's guard against loops asks about each sentence twice, in calm as in an outage.
 */
async function calmRate({ fleet, providers, random, sessions }: Stage, provider: EmulatedProvider): Promise<number> {
  const crowd = await startCrowd({ fleet, random, size: sessions, config: { provider } });
  const sofar = () => ({
    asked: providers.emulators[provider].requests,
    seconds: servedSeconds(crowd.members, provider),
  });
  await sleep(CALM_MS);
  const from = sofar();
  await sleep(RATE_OVER_MS);
  const to = sofar();
  await crowd.finish();
  return (to.asked - from.asked) / (to.seconds - from.seconds);
}

function totalRequests({ emulators }: EmulatedProviders): number {
  return emulators.google.requests + emulators.whisper.requests;
}

function servedSeconds(members: readonly Member[], provider: EmulatedProvider): number {
  return members.reduce((sum, { trace }) => sum + trace.servedMs(provider) / 1000, 0);
}

function meanFigure(what: string, values: readonly number[]): Figure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { what: `${what}, mean`, value: Math.round(100 * mean) / 100, unit: '', samples: values.length };
}
