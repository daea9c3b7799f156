import { startLedgerCall, type Fleet, type LedgerCall, type LedgerOutcome } from '@verbatim/fleet';
import type { SessionConfig } from '@verbatim/protocol';
import type { SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkLedger } from '../ledger/check-ledger.ts';
import { createLifeSigns, type LifeSigns } from './life-signs.ts';
import { createProviderTrace, type ProviderTrace } from './provider-trace.ts';

export interface CrowdOptions {
  readonly fleet: Fleet;
  readonly size: number;
  readonly random: SeededRandom;
  readonly config?: Partial<SessionConfig>;
  /** Number of the first one; its gateway follows from it. Default 0. */
  readonly from?: number;
  /** Leaves the recogniser to the gateway. Default false: it is the ledger. */
  readonly isProviderOpen?: boolean;
  /** A pause after so many spoken frames. Default 40. */
  readonly pauseEveryFrames?: number;
}

export interface Member {
  /** For reports: `session 7 (s03-…)`. */
  readonly name: string;
  readonly call: LedgerCall;
  readonly signs: LifeSigns;
  readonly trace: ProviderTrace;
  /** Gateway where it began. */
  readonly url: string;
}

/** Many ledger sessions that speak at the same time. */
export interface Crowd {
  readonly members: readonly Member[];
  /** From `atMs` to each session's first sign of its new owner, waited for. Units: milliseconds. */
  timesToNextSign(atMs: number, withinMs: number): Promise<CrowdTimes>;
  /** Hangs up and waits for every end. */
  finish(): Promise<CrowdResult>;
}

export interface CrowdTimes {
  readonly timesMs: readonly number[];
  readonly violations: readonly string[];
}

export interface CrowdResult {
  readonly words: number;
  readonly violations: readonly string[];
  readonly outcomes: readonly LedgerOutcome[];
}

/** Real time. */
const FRAME_INTERVAL_MS = 100;

/** Four seconds of speech, then a pause that ends the utterance: a final about every 4.5 s, staggered over the crowd. */
const PAUSE_EVERY_FRAMES = 40;
const PAUSE_FRAMES = 4;

/** Four signs of life a second, so that a silence is measured to a quarter of a second. */
const SPEECH_CONFIG: Partial<SessionConfig> = { buffer_ms: 250, endpointing_ms: 300 };

/** What was published by an owner that is dead by now arrives within this. */
const IN_FLIGHT_MS = 100;

/** A hung session is one that has no end so long after its client said `end`; a takeover and a Redis restart fit in. */
const END_WITHIN_MS = 30_000;

const LOOK_EVERY_MS = 20;

/** Opens the sessions one after the other over all gateways and lets them speak. */
export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const { fleet, size, random, from = 0 } = options;
  const members: Member[] = [];
  const urls = fleet.gateways.map(({ url }) => url);
  for (let index = from; index < from + size; index += 1) {
    const own = [...urls.slice(index % urls.length), ...urls.slice(0, index % urls.length)];
    members.push(await startMember(index, own, options));
    await sleep(random.integer(0, (2 * FRAME_INTERVAL_MS * PAUSE_EVERY_FRAMES) / (10 * size)));
  }
  return {
    members,
    timesToNextSign: (atMs, withinMs) => timesToNextSign(members, atMs, withinMs),
    finish: () => finish(members),
  };
}

async function startMember(
  index: number,
  urls: readonly string[],
  { config, isProviderOpen = false, pauseEveryFrames = PAUSE_EVERY_FRAMES }: CrowdOptions,
): Promise<Member> {
  const signs = createLifeSigns();
  const trace = createProviderTrace();
  const call = await startLedgerCall({
    ...{ urls, isProviderOpen, frameIntervalMs: FRAME_INTERVAL_MS, pauseEveryFrames, pauseFrames: PAUSE_FRAMES },
    config: { ...SPEECH_CONFIG, ...config },
    onFrame: (frame) => signs.onFrame(frame),
    onMessage(message) {
      signs.onMessage(message);
      trace.onMessage(message);
    },
  });
  return { name: `session ${index + 1} (${call.sessionId})`, call, signs, trace, url: urls[0] ?? '' };
}

async function timesToNextSign(members: readonly Member[], atMs: number, withinMs: number): Promise<CrowdTimes> {
  const missing = () => members.filter(({ signs }) => signs.firstAfter(atMs, IN_FLIGHT_MS) === undefined);
  while (missing().length > 0 && performance.now() < atMs + withinMs) await sleep(LOOK_EVERY_MS);
  return {
    timesMs: members.flatMap(({ signs }) => signs.firstAfter(atMs, IN_FLIGHT_MS) ?? []),
    violations: missing().map(({ name }) => `${name} said nothing for ${withinMs} ms`),
  };
}

async function finish(members: readonly Member[]): Promise<CrowdResult> {
  for (const { call } of members) call.hangUp();
  const ends = await Promise.all(members.map(({ call }) => within(call.outcome, END_WITHIN_MS)));
  const outcomes = ends.flatMap((end) => end ?? []);
  return {
    words: outcomes.reduce((words, { frames }) => words + frames, 0),
    violations: members.flatMap(({ name }, index) => complaints(ends[index]).map((text) => `${name}: ${text}`)),
    outcomes,
  };
}

function complaints(outcome: LedgerOutcome | undefined): readonly string[] {
  if (outcome === undefined) return [`hangs: no end ${END_WITHIN_MS} ms after it asked for it`];
  return [
    ...checkLedger(outcome).map(({ kind, detail }) => `${kind}: ${detail}`),
    ...(outcome.closeCode === 1000 ? [] : [`closed with ${outcome.closeCode} (${outcome.errors.join('; ')})`]),
  ];
}

/** The value, or `undefined` once the time is up. */
export async function within<Value>(value: Promise<Value>, timeMs: number): Promise<Value | undefined> {
  const giveUp = new AbortController();
  const late = sleep(timeMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
  try {
    return await Promise.race([value, late]);
  } finally {
    giveUp.abort();
  }
}
