import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { AudioEntry } from '@verbatim/backbone';
import type { AudioControl } from '@verbatim/protocol';
import {
  createLedgerRecognizer,
  LEDGER_FRAME_SAMPLES,
  ledgerAudio,
  ledgerSilence,
  ledgerWords,
  RecognizerError,
  type Recognizer,
} from '@verbatim/recognizers';
import { createFakeClock, createRandom } from '@verbatim/testing';
import fc from 'fast-check';
import { carelessListener, createFakeBench } from '../../test/fake-bench.ts';
import { configFor, createRecord, toEntries, type FakeRecord } from '../../test/fake-record.ts';
import { READ_AHEAD_MARKS, READ_AHEAD_SAMPLES } from './session-run.ts';
import { openSession, type Session } from './session.ts';

interface RunOptions {
  readonly recognizer?: Recognizer;
  /** Asked before each turn: crash the owner and let the next one claim? */
  readonly isCrashing?: () => boolean;
  readonly entriesPerRead?: number;
  readonly turns?: number;
}

/** Lets owner after owner work on the record until it is ended or the turns are used up. */
async function run(record: FakeRecord, options: RunOptions = {}) {
  const recognizer = options.recognizer ?? createLedgerRecognizer({ kind: 'windowed' });
  const clock = createFakeClock();
  const told: string[] = [];
  const errors: unknown[] = [];
  let decidedSamples = 0;
  const claim = (): Session =>
    openSession({
      claimed: record.claim(),
      benches: [createFakeBench({ recognizer, clock })],
      backbone: record.backbone,
      wallMs: () => 0,
      hedgeAfterMs: 0,
      random: () => 0,
      ...clock,
      listener: {
        ...carelessListener,
        onEnded: () => void told.push('ended'),
        onFenced: () => void told.push('fenced'),
        onRolledBack: () => void told.push('rolled back'),
        onFailed(error) {
          told.push('failed');
          errors.push(error);
        },
        onDecided: (samples) => void (decidedSamples += samples),
      },
    });
  let session = claim();
  let owners = 1;
  for (let turn = 0; turn < (options.turns ?? 3000) && !record.isEnded; turn += 1) {
    if (options.isCrashing?.() === true) {
      session.stop();
      session = claim();
      owners += 1;
    }
    const { cursor } = session;
    if (cursor !== undefined) session.accept(record.read(cursor.afterStreamId, options.entriesPerRead ?? 3), cursor);
    while (session.work());
    session.reportStatus();
    await clock.advance(20);
  }
  await settle();
  if (errors.length > 0) throw errors[0];
  return { session, told, owners, clock, decidedSamples: () => decidedSamples };
}

/** Two channels side by side, the shorter one filled up with silence. */
function interleave(left: Int16Array, right: Int16Array): Int16Array {
  const length = Math.max(left.length, right.length);
  const both = new Int16Array(2 * length);
  for (let index = 0; index < length; index += 1) {
    both[2 * index] = left[index] ?? 0;
    both[2 * index + 1] = right[index] ?? 0;
  }
  return both;
}

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

describe.each(['windowed', 'streaming'] as const)('a session with a %s recogniser', (kind) => {
  const recognizer = kind === 'windowed' ? createLedgerRecognizer({ kind }) : createLedgerRecognizer({ kind });

  it('says every word once and in order, over pauses and forced splits', async () => {
    const parts = [ledgerAudio({ from: 1, frames: 25 }), ledgerSilence(10), ledgerAudio({ from: 26, frames: 400 })];
    const record = createRecord(toEntries([...parts, 'end']), configFor());
    const { told } = await run(record, { recognizer });
    expect(record.textOf(0)).toBe(words(1, 425));
    expect(record.messages().at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 425), audio_ms: 43_500 });
    expect(told).toEqual(['ended']);
  });

  it('answers each finalize with a final of all audio before it', async () => {
    const parts = [
      ledgerAudio({ from: 1, frames: 7 }),
      'finalize',
      'finalize',
      ledgerAudio({ from: 8, frames: 5 }),
      'finalize',
      'end',
    ] as const;
    const record = createRecord(toEntries(parts), configFor());
    await run(record, { recognizer });
    expect(record.finals().map(({ text }) => text)).toEqual([words(1, 7), '', words(8, 5), '']);
  });

  it('answers no finalize twice, however close they are and whoever crashes between them', async () => {
    const random = createRandom(7);
    const steps = Array.from({ length: 40 }, (_, index) => [
      index % 4 === 0 ? ledgerAudio({ from: index + 1, frames: 1 }) : ledgerSilence(1),
      'finalize' as const,
    ]);
    const record = createRecord(toEntries([...steps.flat(), 'end']), configFor());
    let crashesLeft = 20;
    const isCrashing = (): boolean => crashesLeft > 0 && random.next() < 0.5 && (crashesLeft -= 1) >= 0;
    const { owners } = await run(record, { recognizer, isCrashing });
    expect(owners).toBeGreaterThan(10);
    expect(record.finals().map(({ text }) => text)).toEqual([
      ...ledgerWords(1, 40).map((word, index) => (index % 4 === 0 ? word : '')),
      '',
    ]);
  });

  it('keeps two channels apart', async () => {
    const left = ledgerAudio({ from: 1, frames: 60 });
    const right = new Int16Array([...ledgerSilence(20), ...ledgerAudio({ from: 1001, frames: 30 })]);
    const record = createRecord(toEntries([interleave(left, right), 'end'], 2), configFor({ channels: 2 }));
    await run(record, { recognizer });
    expect([record.textOf(0), record.textOf(1)]).toEqual([words(1, 60), words(1001, 30)]);
  });

  it('says the same whoever crashes whenever, and however the audio was cut', async () => {
    const story = fc.array(
      fc.oneof(
        fc.record({ say: fc.integer({ min: 1, max: 60 }), pause: fc.integer({ min: 0, max: 15 }) }),
        fc.constant('finalize' as const),
      ),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(story, fc.integer(), fc.integer({ min: 100, max: 4000 }), async (steps, seed, pieceSamples) => {
        const random = createRandom(seed);
        const parts: (Int16Array | AudioControl)[] = [];
        let said = 0;
        for (const step of steps) {
          if (step === 'finalize') parts.push(step);
          else {
            parts.push(ledgerAudio({ from: said + 1, frames: step.say }), ledgerSilence(step.pause));
            said += step.say;
          }
        }
        const record = createRecord(toEntries([...parts, 'end'], 1, pieceSamples), configFor());
        const calm = createRecord(toEntries([...parts, 'end']), configFor());
        let crashesLeft = 10;
        const isCrashing = (): boolean => crashesLeft > 0 && random.next() < 0.1 && (crashesLeft -= 1) >= 0;
        const entriesPerRead = Math.ceil((3 * LEDGER_FRAME_SAMPLES) / pieceSamples);
        await run(record, { recognizer, isCrashing, entriesPerRead });
        await run(calm, { recognizer });
        expect(record.isEnded).toBe(true);
        expect(record.textOf(0)).toBe(words(1, said));
        const shape = (each: FakeRecord) =>
          each.finals().map(({ text, segment_id, start_ms, end_ms }) => [text, segment_id, start_ms, end_ms]);
        expect(shape(record)).toEqual(shape(calm));
        expect(record.messages().map(({ seq }) => seq)).toEqual(record.log.map((_, index) => index + 1));
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('a session', () => {
  it('answers an end without any audio with an empty final', async () => {
    const record = createRecord(toEntries(['end']), configFor());
    await run(record);
    expect(record.messages()).toMatchObject([
      { type: 'transcription', text: '', is_final: true, seq: 1 },
      { type: 'session_ended', text: '', audio_ms: 0, segments: 1, seq: 2 },
    ]);
  });

  it('tells of speech and shows text while it forms', async () => {
    const record = createRecord(
      toEntries([ledgerAudio({ from: 1, frames: 40 }), ledgerSilence(10), 'end']),
      configFor(),
    );
    await run(record, { entriesPerRead: 1 });
    const types = record.published.map(({ type }) => type);
    expect(types[0]).toBe('speech_started');
    expect(types.at(-1)).toBe('speech_ended');
    const interims = record.published.filter(({ type }) => type === 'transcription');
    expect(interims.length).toBeGreaterThan(1);
    expect(interims[0]).toMatchObject({ is_final: false, seq: 0, segment_id: 0 });
  });

  it('shows no interims where none were asked for', async () => {
    const parts = [ledgerAudio({ from: 1, frames: 40 }), ledgerSilence(10), 'end'] as const;
    const record = createRecord(toEntries(parts), configFor({ interim_results: false }));
    await run(record, { entriesPerRead: 1 });
    expect(record.published.filter(({ type }) => type === 'transcription')).toEqual([]);
    expect(record.textOf(0)).toBe(words(1, 40));
  });

  it('gives words with their places in the session when asked to', async () => {
    const parts = [ledgerSilence(20), ledgerAudio({ from: 1, frames: 10 }), 'end'] as const;
    const record = createRecord(toEntries(parts), configFor({ words: true }));
    await run(record);
    const [first] = record.finals()[0]?.words ?? [];
    expect(first?.word).toBe('w1');
    expect(first?.start_ms).toBeGreaterThanOrEqual(2000);
    expect(first?.end_ms).toBeLessThanOrEqual(2100);
  });

  it('tells the client of a takeover, and when it has caught up', async () => {
    const record = createRecord(toEntries([ledgerAudio({ from: 1, frames: 50 })]), configFor());
    let turns = 0;
    await run(record, { isCrashing: () => (turns += 1) === 5, turns: 100 });
    const states = record.published.flatMap((message) => (message.type === 'session_status' ? [message.state] : []));
    expect(states).toEqual(['recovering', 'ok']);
  });

  it('keeps a final until its recogniser works again, and says so', async () => {
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    let failuresLeft = 5;
    const recognizer: Recognizer = {
      ...ledger,
      decode(request) {
        failuresLeft -= 1;
        const isOut = failuresLeft >= 0;
        return isOut
          ? Promise.reject(new RecognizerError('out of order', { failure: 'unavailable' }))
          : ledger.decode(request);
      },
    };
    const record = createRecord(
      toEntries([ledgerAudio({ from: 1, frames: 30 }), 'end']),
      configFor({ interim_results: false }),
    );
    await run(record, { recognizer });
    expect(record.textOf(0)).toBe(words(1, 30));
    const statuses = record.published.filter(({ type }) => type === 'session_status');
    expect(statuses[0]).toMatchObject({ state: 'degraded' });
  });

  it('fails alone when the recogniser refuses for good', async () => {
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    const refusal = new RecognizerError('no such language', { failure: 'bad_request' });
    const recognizer: Recognizer = { ...ledger, decode: () => Promise.reject(refusal) };
    const record = createRecord(
      toEntries([ledgerAudio({ from: 1, frames: 30 }), 'end']),
      configFor({ interim_results: false }),
    );
    await expect(run(record, { recognizer, turns: 100 })).rejects.toBe(refusal);
    expect(record.log).toEqual([]);
  });

  it('stops reading while it holds too much audio without a final, and goes on when it has its finals', async () => {
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const recognizer: Recognizer = { ...ledger, decode: (request) => gate.then(() => ledger.decode(request)) };
    const frames = (3 * READ_AHEAD_SAMPLES) / LEDGER_FRAME_SAMPLES;
    const record = createRecord(toEntries([ledgerAudio({ from: 1, frames }), 'end']), configFor());
    const stuck = await run(record, { recognizer, turns: 600 });
    expect(stuck.session.cursor).toBeUndefined();
    expect(stuck.decidedSamples()).toBeLessThan(READ_AHEAD_SAMPLES * 1.1);
    stuck.session.stop();
    letGo();
    await run(record, { recognizer });
    expect(record.textOf(0)).toBe(words(1, frames));
  });

  it('stops reading while finals are asked for faster than they can be made', async () => {
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const recognizer: Recognizer = { ...ledger, decode: (request) => gate.then(() => ledger.decode(request)) };
    const count = 10 * READ_AHEAD_MARKS;
    const steps = ledgerWords(1, count).flatMap((_, index) => [
      index % 8 === 0 ? ledgerAudio({ from: index + 1, frames: 1 }) : ledgerSilence(0),
      'finalize' as const,
    ]);
    const record = createRecord(toEntries([...steps, 'end']), configFor());
    const stuck = await run(record, { recognizer, turns: 600 });
    expect(stuck.session.cursor).toBeUndefined();
    expect(stuck.decidedSamples()).toBeLessThan((count / 8) * LEDGER_FRAME_SAMPLES);
    stuck.session.stop();
    letGo();
    await run(record, { recognizer });
    expect(record.finals()).toHaveLength(count + 1);
  });

  it('writes nothing once another owner holds it', async () => {
    const record = createRecord(toEntries([ledgerAudio({ from: 1, frames: 30 }), 'end']), configFor());
    const { told } = await run(record, {
      turns: 40,
      isCrashing: () => {
        record.claim();
        return false;
      },
    });
    expect(told).toEqual(['fenced']);
    expect(record.log).toEqual([]);
  });

  it.each([
    ['idle', ['expire', 'end']],
    ['client_end', ['end', 'expire']],
  ] as const)(
    'ends as %s by the mark that came first, though another comes before its last final',
    async (reason, marks) => {
      const ledger = createLedgerRecognizer({ kind: 'windowed' });
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const recognizer: Recognizer = { ...ledger, decode: (request) => gate.then(() => ledger.decode(request)) };
      const record = createRecord(toEntries([ledgerAudio({ from: 1, frames: 5 }), ...marks]), configFor());
      let turns = 0;
      const letGoLate = (): boolean => {
        if ((turns += 1) === 50) letGo();
        return false;
      };
      await run(record, { recognizer, isCrashing: letGoLate });
      expect(record.messages().at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 5), reason });
    },
  );

  it('ends as idle also when the owner that met the mark died before it could say so', async () => {
    const record = createRecord(toEntries([ledgerAudio({ from: 1, frames: 5 }), 'expire']), configFor());
    const commit = record.backbone.commit.bind(record.backbone);
    let isLost = false;
    record.backbone.commit = (request) => {
      if (!request.endsSession || isLost) return commit(request);
      isLost = true;
      return new Promise(() => undefined);
    };
    let isCrashed = false;
    await run(record, { isCrashing: () => isLost && !isCrashed && (isCrashed = true) });
    expect(isCrashed).toBe(true);
    expect(record.messages().at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 5), reason: 'idle' });
  });

  it('fails when audio is missing before an entry or a mark, and passes over what it has had', async () => {
    const [first, second, third] = toEntries([ledgerAudio({ from: 1, frames: 3 }), 'end']);
    if (first === undefined || second === undefined || third === undefined) throw new Error('no audio');
    const end = { kind: 'control', streamId: '4800-1', atSample: 4800, control: 'end' } as const;
    await expect(run(createRecord([first, third, end], configFor()))).rejects.toThrow('audio is missing between');
    await expect(run(createRecord([first, second, end], configFor()))).rejects.toThrow(
      'audio is missing before a mark',
    );
    const overlapping = { ...third, streamId: '4800-0', endSample: 4800, pcm: audioOf(second, third) };
    const record = createRecord([first, second, overlapping, end], configFor());
    await run(record);
    expect(record.textOf(0)).toBe(words(1, 3));
  });

  it('is dropped when a failover took commits back, and the next owner says the same again', async () => {
    const sentence = (from: number) => [ledgerAudio({ from, frames: 10 }), ledgerSilence(10)];
    const record = createRecord(toEntries([...sentence(1), ...sentence(11), ...sentence(21), 'end']), configFor());
    let isDue = true;
    const first = await run(record, {
      turns: 200,
      isCrashing() {
        if (isDue && record.finals().length === 2) {
          record.rollBack();
          isDue = false;
        }
        return false;
      },
    });
    expect(first.told).toEqual(['rolled back']);
    expect(record.textOf(0)).toBe(words(1, 10));
    first.session.stop();
    await run(record);
    expect(record.finals().map(({ text }) => text)).toEqual([words(1, 10), words(11, 10), words(21, 10), '']);
  });
});

function audioOf(...entries: readonly AudioEntry[]): Buffer {
  return Buffer.concat(entries.map((entry) => (entry.kind === 'audio' ? entry.pcm : Buffer.alloc(0))));
}
