import { describe, expect, it } from '@jest/globals';
import type { AudioControl, Transcription } from '@verbatim/protocol';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { createRandom } from '@verbatim/testing';
import fc from 'fast-check';
import type { Fate } from '../../test/failing-recognizer.ts';
import { configFor, createRecord, toEntries, type FakeRecord } from '../../test/fake-record.ts';
import { playChain, sentences, TIME_LIMIT_MS, type PlayedProvider } from '../../test/play-chain.ts';
import { RETURN_AFTER_MS } from './provider-chain.ts';
import { SHORTEST_PATIENCE_MS } from './provider-health.ts';

const well = (): Fate => 'answered';
const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');
const config = configFor({ provider: 'google', fallbacks: ['whisper'] });

/** Interims of one segment must count up over all recognisers, and none may come after its final. */
function expectRisingRevisions(record: FakeRecord): void {
  const newest = new Map<number, number>();
  for (const message of record.published) {
    if (message.type !== 'transcription') continue;
    expect(message.revision).toBeGreaterThan(newest.get(message.segment_id) ?? 0);
    newest.set(message.segment_id, message.revision);
  }
}

const KINDS = [
  ['streaming', 'windowed'],
  ['windowed', 'streaming'],
  ['windowed', 'windowed'],
  ['streaming', 'streaming'],
] as const;

describe.each(KINDS)('a session with a %s recogniser and a %s one behind it', (first, second) => {
  it('loses and doubles no word when the first dies in the middle of an utterance', async () => {
    const record = createRecord(toEntries(sentences(6)), config);
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [
        { name: 'google', kind: first, fateAt: (nowMs) => (nowMs < 4_300 ? 'answered' : 'unavailable') },
        { name: 'whisper', kind: second, fateAt: well },
      ],
    });
    expect(record.textOf(0)).toBe(words(1, 120));
    expect(changes).toMatchObject([{ from: 'google', to: 'whisper', failure: 'unavailable' }]);
    const providers = record.finals().map(({ provider }) => provider);
    expect(providers[0]).toBe('google');
    expect(providers.at(-1)).toBe('whisper');
    expectRisingRevisions(record);
  });

  it('says every word once and in order whatever fails and whoever crashes', async () => {
    const failures = [
      'timeout',
      'rate_limited',
      'unavailable',
      'unauthorized',
      'quota_exhausted',
      'misconfigured',
    ] as const;
    const story = fc.array(
      fc.record({
        say: fc.integer({ min: 1, max: 170 }),
        pause: fc.integer({ min: 0, max: 12 }),
        isMarked: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.integer(),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        async (steps, seed, badness) => {
          const random = createRandom(seed);
          const fateAt = (nowMs: number): Fate => {
            // Bad times end: a recogniser that never answers again is another test.
            if (nowMs > 60_000 || random.next() >= badness) return 'answered';
            return random.next() < 0.2 ? 'hangs' : (failures[Math.floor(random.next() * failures.length)] ?? 'timeout');
          };
          const parts: (Int16Array | AudioControl)[] = [];
          let said = 0;
          for (const { say, pause, isMarked } of steps) {
            parts.push(ledgerAudio({ from: said + 1, frames: say }), ledgerSilence(pause));
            if (isMarked) parts.push('finalize');
            said += say;
          }
          const record = createRecord(toEntries([...parts, 'end']), config);
          let crashesLeft = 3;
          const isCrashing = (): boolean => crashesLeft > 0 && random.next() < 0.01 && (crashesLeft -= 1) >= 0;
          const { errors } = await playChain({
            ...{ records: [record], isCrashing },
            providers: [
              { name: 'google', kind: first, fateAt },
              { name: 'whisper', kind: second, fateAt },
            ],
          });
          expect(errors).toEqual([]);
          expect(record.isEnded).toBe(true);
          expect(record.textOf(0)).toBe(words(1, said));
          expect(record.messages().map(({ seq }) => seq)).toEqual(record.log.map((_, index) => index + 1));
          const finals = record.finals();
          expect(finals.map(({ segment_id }) => segment_id)).toEqual(finals.map((_, index) => index));
          expectNoOverlap(finals);
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);
});

function expectNoOverlap(finals: readonly Transcription[]): void {
  finals.slice(1).forEach(({ start_ms }, index) => {
    expect(start_ms).toBeGreaterThanOrEqual(finals[index]?.end_ms ?? 0);
  });
}

describe('a session with a chain of recognisers', () => {
  const google = (fateAt: (nowMs: number) => Fate): PlayedProvider => ({ name: 'google', kind: 'streaming', fateAt });
  const whisper = (fateAt: (nowMs: number) => Fate = well): PlayedProvider => ({
    ...{ name: 'whisper', kind: 'windowed', fateAt },
  });
  const statesOf = (record: FakeRecord) =>
    record.published.flatMap((message) =>
      message.type === 'session_status' ? [[message.state, message.provider]] : [],
    );

  it('tells its client of the change by the status and the provider of what follows, and by nothing else', async () => {
    const record = createRecord(toEntries(sentences(4)), config);
    await playChain({
      records: [record],
      isLive: true,
      providers: [google((nowMs) => (nowMs < 4_300 ? 'answered' : 'unauthorized')), whisper()],
    });
    expect(statesOf(record)).toEqual([
      ['recovering', 'whisper'],
      ['ok', 'whisper'],
    ]);
    expect(record.published.some(({ type }) => type === 'error')).toBe(false);
    expect(JSON.stringify(record.published)).not.toContain('it failed as it was told');
  });

  it('goes back to the preferred one between two utterances when that is well again', async () => {
    const record = createRecord(toEntries(sentences(20)), config);
    const isOut = (nowMs: number): boolean => nowMs >= 4_300 && nowMs < 20_000;
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [google((nowMs) => (isOut(nowMs) ? 'unavailable' : 'answered')), whisper()],
    });
    expect(changes.map(({ from, to, failure }) => [from, to, failure])).toEqual([
      ['google', 'whisper', 'unavailable'],
      ['whisper', 'google', undefined],
    ]);
    const [left, came] = changes;
    expect((came?.atMs ?? 0) - (left?.atMs ?? 0)).toBeGreaterThanOrEqual(RETURN_AFTER_MS);
    expect(record.textOf(0)).toBe(words(1, 400));
    expectRisingRevisions(record);
  });

  it.each<Fate>(['unavailable', 'hangs'])(
    'does not wait for one that it left in peace when the one it has just gone back to dies again: %s',
    async (fate) => {
      const record = createRecord(toEntries(sentences(24)), config);
      const isOut = (nowMs: number): boolean => (nowMs >= 4_300 && nowMs < 20_000) || nowMs >= 43_000;
      const { changes } = await playChain({
        ...{ records: [record], isLive: true },
        providers: [google((nowMs) => (isOut(nowMs) ? fate : 'answered')), whisper()],
      });
      expect(changes.map(({ to }) => to)).toEqual(['whisper', 'google', 'whisper']);
      expect(changes[1]?.atMs).toBeLessThan(43_000);
      expect(changes[2]?.atMs).toBeLessThan(43_000 + 2 * TIME_LIMIT_MS + 2_600);
      expect(record.textOf(0)).toBe(words(1, 480));
    },
  );

  it('leaves a recogniser that hangs when its time is over, and is back on time within two seconds more', async () => {
    const record = createRecord(toEntries(sentences(4)), config);
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [google((nowMs) => (nowMs < 4_300 ? 'answered' : 'hangs')), whisper()],
    });
    expect(record.textOf(0)).toBe(words(1, 80));
    expect(changes[0]?.atMs).toBeLessThanOrEqual(4_300 + 2 * TIME_LIMIT_MS + 600);
  });

  it('finds out by its interims, long before the next final, at the price of one more request', async () => {
    const talk = [ledgerAudio({ from: 1, frames: 80 }), ledgerSilence(10), 'end' as const];
    const record = createRecord(toEntries(talk), config);
    let failed = 0;
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [
        {
          ...{ name: 'google', kind: 'windowed' },
          fateAt: (nowMs) => (nowMs < 3_000 ? 'answered' : ((failed += 1), 'unavailable')),
        },
        whisper(),
      ],
    });
    expect([changes.length, failed]).toEqual([1, 2]);
    expect(changes[0]?.atMs).toBeLessThan(4_500);
    expect(record.textOf(0)).toBe(words(1, 80));
  });

  it('is not deceived by a service that takes the audio and breaks afterwards', async () => {
    const record = createRecord(toEntries(sentences(4)), config);
    let asked = 0;
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [google((nowMs) => (nowMs < 4_300 ? 'answered' : ((asked += 1), 'fails_late'))), whisper()],
    });
    expect(changes).toMatchObject([{ from: 'google', to: 'whisper', failure: 'unavailable' }]);
    expect(changes[0]?.atMs).toBeLessThan(5_500);
    // The stream under way, and one more: its first piece and the one that finds it broken.
    expect(asked).toBeLessThanOrEqual(3);
    expect(record.textOf(0)).toBe(words(1, 80));
  });

  it('waits no longer than is usual, whatever the time limit, and ignores the answer that comes then', async () => {
    const record = createRecord(toEntries(sentences(24)), config);
    let nowIsMs = 0;
    const { changes } = await playChain({
      ...{ records: [record], isLive: true, timeLimitMs: 60_000 },
      providers: [
        {
          ...{ name: 'google', kind: 'windowed' },
          fateAt(nowMs) {
            nowIsMs = nowMs;
            return 'answered';
          },
          answerMs: () => (nowIsMs < 40_000 ? 100 : 8_000),
        },
        whisper(),
      ],
    });
    expect(changes[0]).toMatchObject({ to: 'whisper', failure: 'timeout' });
    expect(changes[0]?.atMs).toBeLessThan(40_000 + SHORTEST_PATIENCE_MS + 1_500);
    expect(record.textOf(0)).toBe(words(1, 480));
  });

  it('waits for as long as the time limit where there is nowhere else to go', async () => {
    const record = createRecord(toEntries(sentences(24)), configFor({ provider: 'google' }));
    let calls = 0;
    const { changes, callsOf } = await playChain({
      ...{ records: [record], isLive: true, timeLimitMs: 60_000 },
      providers: [{ ...google(well), kind: 'windowed', answerMs: () => ((calls += 1) === 60 ? 20_000 : 100) }],
    });
    expect([changes, calls]).toEqual([[], callsOf('google')]);
    expect(record.textOf(0)).toBe(words(1, 480));
  });

  it('waits with patience where its client named the recogniser, and goes on by itself', async () => {
    const record = createRecord(toEntries(sentences(4)), configFor({ provider: 'google' }));
    const isOut = (nowMs: number): boolean => nowMs >= 4_300 && nowMs < 30_000;
    const { changes, errors } = await playChain({
      ...{ records: [record], isLive: true },
      providers: [google((nowMs) => (isOut(nowMs) ? 'unauthorized' : 'answered'))],
    });
    expect([changes, errors]).toEqual([[], []]);
    expect(record.textOf(0)).toBe(words(1, 80));
    expect(statesOf(record)[0]).toEqual(['degraded', 'google']);
    expect(record.published.some(({ type }) => type === 'error')).toBe(false);
  });

  it('sends its client away when its only recogniser refuses for more than a minute, and keeps the session', async () => {
    const record = createRecord(toEntries(sentences(4)), configFor({ provider: 'google' }));
    const isOut = (nowMs: number): boolean => nowMs >= 4_300 && nowMs < 110_000;
    await playChain({
      ...{ records: [record], isLive: true },
      providers: [google((nowMs) => (isOut(nowMs) ? 'unauthorized' : 'answered'))],
    });
    const sent = record.published.filter(({ type }) => type === 'error');
    expect(sent).toMatchObject([{ code: 'provider_unavailable', retryable: true }]);
    expect(record.textOf(0)).toBe(words(1, 80));
  });

  it('starts with a recogniser that is well when another process takes it over', async () => {
    const record = createRecord(toEntries(sentences(4)), config);
    let turn = 0;
    await playChain({
      ...{ records: [record], isLive: true, isCrashing: () => (turn += 1) === 260 },
      providers: [google(() => 'unauthorized'), whisper()],
    });
    expect(record.textOf(0)).toBe(words(1, 80));
    expect(new Set(record.finals().map(({ provider }) => provider))).toEqual(new Set(['whisper']));
  });

  it('waits for Redis before it goes on elsewhere, so that nothing is said twice', async () => {
    const record = createRecord(toEntries(sentences(4)), config);
    const commit = record.backbone.commit.bind(record.backbone);
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    record.backbone.commit = (request) => gate.then(() => commit(request));
    // Two finals are decided by then: one is on its way to Redis, the other waits behind it.
    let turn = 0;
    const { changes } = await playChain({
      ...{ records: [record], isLive: true },
      isCrashing() {
        if ((turn += 1) === 400) letGo();
        return false;
      },
      providers: [google((nowMs) => (nowMs < 7_300 ? 'answered' : 'unavailable')), whisper()],
    });
    expect(changes).toHaveLength(1);
    expect(record.textOf(0)).toBe(words(1, 80));
  });
});
