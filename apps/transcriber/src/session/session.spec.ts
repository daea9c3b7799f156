import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { AudioEntry, ClaimedSession, CommitRequest, DurableMessage } from '@verbatim/backbone';
import {
  sessionConfigSchema,
  type AudioControl,
  type Fence,
  type OpenSessionConfig,
  type Seq,
  type ServerMessage,
  type SessionEnded,
  type SessionId,
  type Transcription,
} from '@verbatim/protocol';
import {
  createLedgerRecognizer,
  createLevelPool,
  LEDGER_FRAME_SAMPLES,
  ledgerAudio,
  ledgerSilence,
  ledgerWords,
  RecognizerError,
  type Recognition,
  type Recognizer,
} from '@verbatim/recognizers';
import { createFakeClock, createRandom } from '@verbatim/testing';
import fc from 'fast-check';
import { createDecodeScheduler } from '../decoding/decode-scheduler.ts';
import { openSession, READ_AHEAD_SAMPLES, type Session } from './session.ts';

const sessionId = 's00-00000000000000000000000000000000' as SessionId;

/** What Redis holds of one session, with the rules of the commit script. */
function createRecord(entries: readonly AudioEntry[], config: OpenSessionConfig) {
  const log: DurableMessage[] = [];
  const published: ServerMessage[] = [];
  let fence = 0;
  let checkpoint: string | undefined;
  const record = {
    log,
    published,
    isEnded: false,
    releasedSample: 0,
    claim(): ClaimedSession {
      fence += 1;
      const lastSeq = log.length as Seq;
      return { sessionId, fence: fence as Fence, config, lastSeq, checkpoint, isTakeover: fence > 1 };
    },
    /** Entries after the cursor that are not trimmed. */
    read(afterStreamId: string, count: number): AudioEntry[] {
      const [sample = 0, rank = 0] = afterStreamId.split('-').map(Number);
      const isAfter = ({ streamId }: AudioEntry): boolean => {
        const [own = 0, ownRank = 0] = streamId.split('-').map(Number);
        return own > sample || (own === sample && ownRank > rank);
      };
      return entries.filter((each) => isAfter(each) && positionOf(each) >= record.releasedSample).slice(0, count);
    },
    backbone: {
      commit(request: CommitRequest) {
        if (request.fence !== fence || record.isEnded) return Promise.resolve('fenced' as const);
        request.messages.forEach(({ seq }, index) => expect(seq).toBe(log.length + 1 + index));
        log.push(...request.messages);
        checkpoint = request.checkpoint;
        record.releasedSample = request.releaseBeforeSample;
        record.isEnded = request.endsSession;
        return Promise.resolve('committed' as const);
      },
      publish: (_: SessionId, __: Fence, json: string) => void published.push(JSON.parse(json) as ServerMessage),
      readLog: () => Promise.resolve([...log]),
      release: () => Promise.resolve(),
    },
    messages: () => log.map(({ json }) => JSON.parse(json) as Transcription | SessionEnded),
    finals: () => record.messages().filter((message): message is Transcription => message.type === 'transcription'),
    textOf: (channel: number) =>
      record
        .finals()
        .filter((final) => final.channel === channel && final.text !== '')
        .map(({ text }) => text)
        .join(' '),
  };
  return record;
}

type FakeRecord = ReturnType<typeof createRecord>;

function positionOf(entry: AudioEntry): number {
  return entry.kind === 'audio' ? entry.endSample : entry.atSample;
}

function configFor(query: Partial<OpenSessionConfig> = {}): OpenSessionConfig {
  return { ...sessionConfigSchema.parse({}), provider: 'ledger', ...query };
}

/** Entries as a gateway appends them: pieces of audio cut anywhere, and marks behind the audio before them. */
function toEntries(parts: readonly (Int16Array | AudioControl)[], channels = 1, pieceSamples = 1600): AudioEntry[] {
  const entries: AudioEntry[] = [];
  let end = 0;
  let marks = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      marks += 1;
      entries.push({ kind: 'control', streamId: `${end}-${marks}`, atSample: end, control: part });
      continue;
    }
    for (let from = 0; from < part.length; from += pieceSamples * channels) {
      const piece = part.subarray(from, from + pieceSamples * channels);
      end += piece.length / channels;
      const pcm = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      entries.push({ kind: 'audio', streamId: `${end}-0`, endSample: end, pcm });
    }
  }
  return entries;
}

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
      provider: {
        recognizer,
        detectors: createLevelPool(),
        scheduler: createDecodeScheduler<Recognition>({
          concurrency: 4,
          random: () => 0,
          ...clock,
          observer: { onAnswered: () => undefined, onDropped: () => undefined },
        }),
      },
      backbone: record.backbone,
      wallMs: () => 0,
      ...clock,
      listener: {
        onWork: () => undefined,
        onEnded: () => void told.push('ended'),
        onFenced: () => void told.push('fenced'),
        onFailed(error) {
          told.push('failed');
          errors.push(error);
        },
        onDecided: (samples) => void (decidedSamples += samples),
        onLag: () => undefined,
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
    if (cursor !== undefined) session.accept(record.read(cursor.afterStreamId, options.entriesPerRead ?? 3));
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
          ? Promise.reject(new RecognizerError('out of order', { isRetryable: true }))
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
    const refusal = new RecognizerError('no such language', { isRetryable: false });
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
});
