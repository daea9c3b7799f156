import { describe, expect, it } from '@jest/globals';
import { ledgerWords } from '@verbatim/recognizers';
import { createRandom } from '@verbatim/testing';
import fc from 'fast-check';
import type { Fate } from '../../test/failing-recognizer.ts';
import { configFor, createRecord, toEntries } from '../../test/fake-record.ts';
import { playChain, sentences, TIME_LIMIT_MS, type PlayOptions } from '../../test/play-chain.ts';

const SENTENCES = 16;
const ANSWER_MS = 100;
/** Shorter than the time limit: a slow answer is none that failed. */
const SLOW_MS = TIME_LIMIT_MS - 50;
const HEDGE_AFTER_MS = 300;

const well = (): Fate => 'answered';
const said = ledgerWords(1, 20 * SENTENCES).join(' ');
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** A session whose preferred recogniser is slow now and then, played in real time. */
async function play(seed: number, options: Partial<PlayOptions> & { readonly badness?: number } = {}) {
  const random = createRandom(seed);
  const { badness = 0, ...playOptions } = options;
  const fateAt = (): Fate => (random.next() < badness ? 'unavailable' : 'answered');
  const answerMs = (): number => (random.next() < 0.1 ? SLOW_MS : ANSWER_MS);
  const record = createRecord(
    toEntries(sentences(SENTENCES)),
    configFor({ provider: 'whisper', fallbacks: ['local'] }),
  );
  const played = await playChain({
    ...{ records: [record], isLive: true, hedgeAfterMs: HEDGE_AFTER_MS },
    providers: [
      { name: 'whisper', kind: 'windowed', fateAt, answerMs },
      { name: 'local', kind: 'windowed', fateAt: well, answerMs: ANSWER_MS },
    ],
    ...playOptions,
  });
  const finals = record.finals();
  const lateMs = finals.map(({ timestamp, end_ms }) => Date.parse(`${timestamp}Z`) - end_ms);
  return { ...played, finals, lateMs, text: record.textOf(0) };
}

describe('a session whose recogniser is slow now and then', () => {
  it('has each word once, whoever answers, fails or crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(0, 0.2), fc.boolean(), async (seed, badness, isLive) => {
        const random = createRandom(seed);
        let crashesLeft = 2;
        const isCrashing = (): boolean => crashesLeft > 0 && random.next() < 0.005 && (crashesLeft -= 1) >= 0;
        const { text, errors, finals } = await play(seed, { badness, isLive, isCrashing });
        expect([text, errors]).toEqual([said, []]);
        expect(finals.map(({ segment_id }) => segment_id)).toEqual(finals.map((_, index) => index));
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('has its finals sooner, says who gave them, and stays with its recogniser', async () => {
    const hedged = await play(6);
    const alone = await play(6, { hedgeAfterMs: 0 });
    const won = hedged.hedges.filter(({ type }) => type === 'won');
    expect(won.length).toBeGreaterThan(0);
    expect(hedged.finals.filter(({ provider }) => provider === 'local')).toHaveLength(won.length);
    expect(sum(hedged.lateMs)).toBeLessThan(sum(alone.lateMs));
    expect(hedged.changes).toEqual([]);
    expect(hedged.callsOf('local')).toBeLessThanOrEqual(hedged.callsOf('whisper') / 10 + 1);
  }, 60_000);

  it('asks nobody else without being told to', async () => {
    const { hedges, callsOf, text } = await play(6, { hedgeAfterMs: 0 });
    expect([hedges, callsOf('local'), text]).toEqual([[], 0, said]);
  });

  it('never asks a second one beside a recogniser that is fed, nor one that would have to be', async () => {
    const slow = { fateAt: well, answerMs: SLOW_MS };
    const chains = [
      [
        { ...slow, name: 'whisper', kind: 'streaming' },
        { name: 'local', kind: 'windowed', fateAt: well },
      ],
      [
        { ...slow, name: 'whisper', kind: 'windowed' },
        { name: 'local', kind: 'streaming', fateAt: well },
      ],
    ] as const;
    for (const providers of chains) {
      const { hedges, callsOf, text } = await play(1, { providers });
      expect([hedges, callsOf('local'), text]).toEqual([[], 0, said]);
    }
  });
});
