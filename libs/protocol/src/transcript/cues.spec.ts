import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toCues } from './cues.ts';
import { segmentOf, untimed } from './segment.fixture.ts';

describe('cues', () => {
  it('hold eight words, and never words of two finals', () => {
    const spoken = (count: number, fromMs: number) =>
      segmentOf(Array.from({ length: count }, (_, n) => [`w${n}`, fromMs + n * 100, fromMs + n * 100 + 90] as const));
    const cues = toCues([spoken(9, 0), spoken(3, 5000)]);
    expect(cues.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual([
      ['w0 w1 w2 w3 w4 w5 w6 w7', 0, 790],
      ['w8', 800, 890],
      ['w0 w1 w2', 5000, 5290],
    ]);
  });

  it('show the punctuation that the words lack', () => {
    const words = [['hello', 0, 400] as const, ['world', 500, 900] as const];
    expect(toCues([segmentOf(words, { text: 'Hello, world!' })])[0]?.text).toBe('Hello, world!');
    expect(toCues([segmentOf(words, { text: 'Hello, my world!' })])[0]?.text).toBe('hello world');
  });

  it('share out the time of a final without word times by the length of its words', () => {
    const cues = toCues([untimed('one two three four five six seven eight nine ten', 1000, 5000)]);
    expect(cues.map(({ text }) => text)).toEqual(['one two three four five six seven eight', 'nine ten']);
    expect(cues[0]?.startMs).toBe(1000);
    expect(cues[1]?.endMs).toBe(5000);
    expect(cues[0]?.endMs).toBe(cues[1]?.startMs);
    expect(cues[1]?.startMs).toBe(1000 + Math.round((4000 * 32) / 39));
  });

  it('break a text that is written without spaces, and put none into it', () => {
    const text = '今天天气很好我们去公园散步吧然后一起吃午饭';
    const cues = toCues([untimed(text, 0, 6000)]);
    expect(cues.length).toBeGreaterThan(1);
    expect(cues.map((cue) => cue.text).join('')).toBe(text);
    const timed = segmentOf([['今天', 0, 400] as const, ['很好', 500, 900] as const], { text: '今天很好' });
    expect(toCues([timed])[0]?.text).toBe('今天很好');
  });

  it('last a moment at least: a player leaves out one that ends when it begins', () => {
    expect(toCues([segmentOf([['now', 700, 700]])])).toMatchObject([{ startMs: 700, endMs: 701 }]);
  });

  it('stand in the order in which they begin, whichever channel they are of', () => {
    const cues = toCues([untimed('late', 3000, 4000), untimed('early', 1000, 2000, 1), untimed('both', 1000, 2000)]);
    expect(cues.map(({ text }) => text)).toEqual(['both', 'early', 'late']);
  });

  it('lose and double no word, and go forward in time, whatever is said', () => {
    const text = fc.array(fc.string({ minLength: 1, unit: 'grapheme' })).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        text,
        fc.nat(10_000),
        fc.nat(60_000),
        fc.integer({ min: 1, max: 12 }),
        (said, startMs, lastsMs, n) => {
          const cues = toCues([untimed(said, startMs, startMs + lastsMs)], { wordsPerCue: n });
          const told = cues.map((cue) => cue.text).join('');
          expect(told.replaceAll(/\s/g, '')).toBe(said.replaceAll(/\s/g, ''));
          for (const [index, cue] of cues.entries()) {
            expect(cue.endMs).toBeGreaterThan(cue.startMs);
            expect(cue.startMs).toBeGreaterThanOrEqual(cues[index - 1]?.startMs ?? startMs);
          }
        },
      ),
    );
  });
});
