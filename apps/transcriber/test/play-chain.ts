import { setImmediate as settle } from 'node:timers/promises';
import type { AudioControl, ProviderName } from '@verbatim/protocol';
import { LEDGER_FRAME_SAMPLES, ledgerAudio, ledgerSilence } from '@verbatim/recognizers';
import { createFakeClock, type FakeClock } from '@verbatim/testing';
import type { ProviderHedge } from '../src/failover/hedged-decodes.ts';
import { withTimeLimit } from '../src/failover/time-limit.ts';
import type { ProviderBench, ProviderChange } from '../src/session/session-options.ts';
import { openSession, type Session } from '../src/session/session.ts';
import { createFailingRecognizer, type Fate } from './failing-recognizer.ts';
import { carelessListener, createFakeBench } from './fake-bench.ts';
import type { FakeRecord } from './fake-record.ts';

/** Time limit of every call. Units: milliseconds. */
export const TIME_LIMIT_MS = 1000;

const TICK_MS = 20;
const STATUS_MS = 500;
const FRAME_MS = 100;

export interface PlayedProvider {
  readonly name: ProviderName;
  readonly kind: 'windowed' | 'streaming';
  /** What becomes of a call made at this time. */
  readonly fateAt: (nowMs: number) => Fate;
  /** How long each answer takes. Units: milliseconds. Default 0. */
  readonly answerMs?: number | (() => number);
}

export interface PlayOptions {
  readonly records: readonly FakeRecord[];
  readonly providers: readonly PlayedProvider[];
  /** Asked before each turn of each session: crash its owner and let the next one claim? */
  readonly isCrashing?: () => boolean;
  /** Audio comes in real time; else as fast as it is read. */
  readonly isLive?: boolean;
  readonly untilMs?: number;
  /** Default 0: never. */
  readonly hedgeAfterMs?: number;
  /** Default {@link TIME_LIMIT_MS}. */
  readonly timeLimitMs?: number;
}

export interface PlayedChange extends ProviderChange {
  readonly atMs: number;
}

/** Lets one process serve the records side by side until all are ended. */
export async function playChain(options: PlayOptions) {
  const { records, providers, isCrashing, isLive = false, untilMs = 600_000, hedgeAfterMs = 0 } = options;
  const { timeLimitMs = TIME_LIMIT_MS } = options;
  const clock = createFakeClock();
  const played = providers.map((provider) => openPlayed(provider, clock, timeLimitMs));
  const changes: PlayedChange[] = [];
  const hedges: ProviderHedge[] = [];
  const errors: unknown[] = [];
  const claim = (record: FakeRecord): Session =>
    openSession({
      ...{ claimed: record.claim(), backbone: record.backbone, benches: played.map(({ bench }) => bench) },
      ...{ wallMs: () => clock.nowMs(), random: () => 0, hedgeAfterMs, ...clock },
      listener: {
        ...carelessListener,
        onSwitched: (change) => void changes.push({ ...change, atMs: clock.nowMs() }),
        onHedged: (hedge) => void hedges.push(hedge),
        onFailed: (error) => void errors.push(error),
      },
    });
  const seats = records.map((record) => ({ record, session: claim(record) }));
  const isOver = (): boolean => records.every(({ isEnded }) => isEnded) || errors.length > 0;
  while (!isOver() && clock.nowMs() < untilMs) {
    for (const seat of seats) {
      if (isCrashing?.() === true) {
        seat.session.stop();
        seat.session = claim(seat.record);
      }
      hear(seat.session, seat.record, isLive ? clock.nowMs() : Infinity);
    }
    await clock.advance(TICK_MS);
  }
  await settle();
  const callsOf = (name: ProviderName): number => played.find(({ bench }) => bench.name === name)?.calls() ?? 0;
  return { changes, hedges, errors, callsOf };
}

function openPlayed({ name, kind, fateAt, answerMs = 0 }: PlayedProvider, clock: FakeClock, limitMs: number) {
  const failing = createFailingRecognizer(kind, {
    fateOf: () => fateAt(clock.nowMs()),
    clock,
    answerMs: typeof answerMs === 'number' ? () => answerMs : answerMs,
  });
  const recognizer = withTimeLimit(failing.recognizer, { limitMs, ...clock });
  const bench: ProviderBench = createFakeBench({ clock, recognizer, name, concurrency: 16 });
  return { bench, calls: failing.calls };
}

/** Hands over what has been said by now. */
function hear(session: Session, record: FakeRecord, nowMs: number): void {
  const { cursor } = session;
  if (cursor !== undefined) {
    const saidSample = (nowMs / FRAME_MS) * LEDGER_FRAME_SAMPLES;
    const entries = record.read(cursor.afterStreamId, nowMs === Infinity ? 3 : 50);
    const said = entries.filter((entry) => (entry.kind === 'audio' ? entry.endSample : entry.atSample) <= saidSample);
    session.accept(said, cursor);
  }
  while (session.work());
  if (nowMs === Infinity || nowMs % STATUS_MS === 0) session.reportStatus();
}

/** Sentences of two seconds with a second of silence behind each. */
export function sentences(count: number, from = 1): (Int16Array | AudioControl)[] {
  const spoken = Array.from({ length: count }, (_, index) => [
    ledgerAudio({ from: from + 20 * index, frames: 20 }),
    ledgerSilence(10),
  ]);
  return [...spoken.flat(), 'end'];
}
