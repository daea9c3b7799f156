import { describe, expect, it } from '@jest/globals';
import type { SessionId, Transcription } from '@verbatim/protocol';
import {
  createLedgerRecognizer,
  ledgerAudio,
  ledgerSilence,
  ledgerWords,
  type Recognizer,
} from '@verbatim/recognizers';
import { createFakeClock, type FakeClock } from '@verbatim/testing';
import { carelessListener, createFakeBench } from '../../test/fake-bench.ts';
import { configFor, createRecord, toEntries, type FakeRecord } from '../../test/fake-record.ts';
import { toSamples } from '../messages/milliseconds.ts';
import { createLoadMeter } from '../presence/load-meter.ts';
import { openSession, type Session } from './session.ts';

/** With a cadence of 0.5 s a session asks for some five decodes of 65 ms in 3 s: ten sessions keep one slot busy. */
const CAPACITY = 10;
const SENTENCES = 4;
const SENTENCE_FRAMES = 20;
const PAUSE_FRAMES = 10;
const SENTENCE_MS = 100 * (SENTENCE_FRAMES + PAUSE_FRAMES);
const TICK_MS = 20;
/** 600 ms of endpointing silence and what a final may cost on top, at the 95th percentile. */
const GOAL_MS = 600 + 350;

/** One decode at a time, each as long as a small model needs on one core. */
function slowRecognizer(clock: FakeClock): Recognizer {
  const ledger = createLedgerRecognizer({ kind: 'windowed' });
  const costMs = (samples: number): number => 50 + (10 * samples) / 16_000;
  return {
    ...ledger,
    async decode(request) {
      await clock.sleep(costMs(request.samples.length));
      return ledger.decode(request);
    },
  };
}

interface Speaker {
  readonly record: FakeRecord;
  readonly session: Session;
  readonly startsAtMs: number;
  /** When each final was seen, after the end of its sentence. Units: milliseconds. */
  readonly finalDelaysMs: number[];
}

/** Lets so many speakers talk at once, each in real time and out of step with the others. */
async function speak(speakers: number) {
  const clock = createFakeClock();
  const meter = createLoadMeter(() => clock.nowMs());
  const bench = createFakeBench({
    ...{ clock, recognizer: slowRecognizer(clock), concurrency: 1 },
    onTurn: ({ kind, waitedMs }) => void (kind !== 'interim' && meter.turnTaken(waitedMs)),
  });
  const { scheduler } = bench;
  const all = Array.from({ length: speakers }, (_, index) => {
    const record = createRecord(entriesOf(index), configFor(), `s00-${index}` as SessionId);
    const session = openSession({
      ...{ claimed: record.claim(), benches: [bench], backbone: record.backbone },
      ...{ wallMs: () => 0, random: () => 0, hedgeAfterMs: 0, ...clock },
      listener: {
        ...carelessListener,
        onFailed(error) {
          throw error;
        },
      },
    });
    return { record, session, startsAtMs: (index * SENTENCE_MS) / speakers, finalDelaysMs: [] };
  });
  const lengthMs = (SENTENCES + 2) * SENTENCE_MS;
  let mostWaiting = 0;
  let highestLoad = 0;
  while (clock.nowMs() < lengthMs) {
    for (const speaker of all) hear(speaker, clock.nowMs());
    mostWaiting = Math.max(mostWaiting, scheduler.waiting);
    highestLoad = Math.max(highestLoad, meter.load({ oldestWaitMs: scheduler.oldestUrgentWaitMs, lateShare: 0 }));
    await clock.advance(TICK_MS);
    for (const speaker of all) noteFinals(speaker, clock.nowMs());
  }
  const interims = all.flatMap(({ record }) => record.published.filter(({ type }) => type === 'transcription')).length;
  return {
    all,
    mostWaiting,
    highestLoad,
    interimsEach: interims / speakers,
    delaysMs: all.flatMap((each) => each.finalDelaysMs),
  };
}

function entriesOf(speaker: number) {
  const sentences = Array.from({ length: SENTENCES }, (_, index) => [
    ledgerAudio({ from: 1000 * speaker + 1 + index * SENTENCE_FRAMES, frames: SENTENCE_FRAMES }),
    ledgerSilence(PAUSE_FRAMES),
  ]);
  return toEntries([...sentences.flat(), 'end']);
}

/** Hands over what has been said by now. */
function hear({ record, session, startsAtMs }: Speaker, nowMs: number): void {
  const saidSamples = toSamples(nowMs - startsAtMs);
  const { cursor } = session;
  if (cursor === undefined) return;
  const entries = record.read(cursor.afterStreamId, 100);
  const said = entries.filter((entry) => (entry.kind === 'audio' ? entry.endSample : entry.atSample) <= saidSamples);
  session.accept(said, cursor);
  while (session.work());
}

function noteFinals({ record, startsAtMs, finalDelaysMs }: Speaker, nowMs: number): void {
  const spoken = record.finals().filter(({ text }) => text !== '');
  for (const final of spoken.slice(finalDelaysMs.length)) finalDelaysMs.push(nowMs - startsAtMs - endOfSpeechMs(final));
}

/** Where the sentence that the final belongs to ended in the audio. */
function endOfSpeechMs({ start_ms }: Transcription): number {
  return Math.floor((start_ms + (100 * PAUSE_FRAMES) / 2) / SENTENCE_MS) * SENTENCE_MS + 100 * SENTENCE_FRAMES;
}

function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? NaN;
}

describe('a process with half as many sessions again as it has room for', () => {
  it('lets interims thin out, keeps its finals on time, and loses no word', async () => {
    const full = await speak(CAPACITY);
    const over = await speak(1.5 * CAPACITY);
    over.all.forEach(({ record }, speaker) => {
      expect(record.textOf(0)).toBe(ledgerWords(1000 * speaker + 1, SENTENCES * SENTENCE_FRAMES).join(' '));
      expect(record.isEnded).toBe(true);
    });
    expect(over.delaysMs).toHaveLength(1.5 * CAPACITY * SENTENCES);
    expect(p95(over.delaysMs)).toBeLessThanOrEqual(1.5 * p95(full.delaysMs));
    expect(over.interimsEach).toBeLessThan(0.8 * full.interimsEach);
    expect(over.interimsEach).toBeGreaterThan(0);
    expect(over.highestLoad).toBeLessThan(1);
    // One request of each channel waits at the most.
    expect(over.mostWaiting).toBeLessThanOrEqual(1.5 * CAPACITY);
  }, 60_000);

  it('tells the fleet when even finals are late, and when they are not yet it does not', async () => {
    const far = await speak(5 * CAPACITY);
    const near = await speak(3 * CAPACITY);
    expect(p95(far.delaysMs)).toBeGreaterThan(GOAL_MS);
    expect(far.highestLoad).toBeGreaterThan(1);
    expect(p95(near.delaysMs)).toBeLessThanOrEqual(GOAL_MS);
    expect(near.highestLoad).toBeLessThan(1);
  }, 60_000);
});
