import fc from 'fast-check';

/** What is said when. Units: samples at 16 kHz. */
export interface SpokenWord {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
}

export interface Timeline {
  readonly words: readonly SpokenWord[];
  readonly totalSamples: number;
  /** Level of the 20 ms that start here. */
  levelDbfs(startSample: number): number;
}

export const LEDGER_WORD_SAMPLES = 1_600;

/** Unbroken speech: `w1 … wN`, each 100 ms, as the ledger recogniser knows it. */
export function ledgerTimeline(
  count: number,
  options: { startSample?: number; levels?: 'flat' | 'shaped' } = {},
): Timeline {
  const from = options.startSample ?? 0;
  const words = Array.from({ length: count }, (_, index) => ({
    text: `w${index + 1}`,
    startSample: from + index * LEDGER_WORD_SAMPLES,
    endSample: from + (index + 1) * LEDGER_WORD_SAMPLES,
  }));
  return timelineOf(words, from + count * LEDGER_WORD_SAMPLES, options.levels ?? 'flat');
}

/** Index of the first word that ends after the sample. */
export function firstWordAfter(words: readonly SpokenWord[], sample: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.endSample ?? 0) > sample) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function timelineOf(
  words: readonly SpokenWord[],
  totalSamples: number,
  levels: 'flat' | 'shaped' = 'shaped',
): Timeline {
  const isSpoken = (sample: number): boolean =>
    (words[firstWordAfter(words, sample)]?.startSample ?? Infinity) <= sample;
  const shaped = (sample: number): number => (isSpoken(sample) ? -20 - ((sample * 7919) % 23) : -70);
  return { words, totalSamples, levelDbfs: levels === 'flat' ? () => -20 : shaped };
}

/** Words of `shortestSamples` to 0.6 s with gaps from none to several seconds, mostly short ones. */
export function timelinesOf(shortestSamples: number): fc.Arbitrary<Timeline> {
  const word = fc.record({
    gapSamples: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: 800 }) },
      { weight: 5, arbitrary: fc.integer({ min: 1_000, max: 8_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 8_000, max: 50_000 }) },
    ),
    lengthSamples: fc.integer({ min: shortestSamples, max: 9_600 }),
  });
  return fc
    .record({
      words: fc.array(word, { minLength: 1, maxLength: 90 }),
      tailSamples: fc.integer({ min: 0, max: 40_000 }),
      levels: fc.constantFrom('flat' as const, 'shaped' as const),
    })
    .map(({ words, tailSamples, levels }) => {
      let position = 0;
      const spoken = words.map(({ gapSamples, lengthSamples }, index) => {
        const startSample = position + gapSamples;
        position = startSample + lengthSamples;
        return { text: `w${index + 1}`, startSample, endSample: position };
      });
      return timelineOf(spoken, position + tailSamples, levels);
    });
}
