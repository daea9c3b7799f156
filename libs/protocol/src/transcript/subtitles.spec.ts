import { describe, expect, it } from '@jest/globals';
import { DeepgramConverter, srt, webvtt, type DeepgramResponse, type WordBase } from '@deepgram/captions';
import fc from 'fast-check';
import type { SessionSegment } from '../http/session-view.ts';
import { segmentOf, untimed } from './segment.fixture.ts';
import { toPlainText, toSrt, toWebVtt } from './subtitles.ts';

const MS_PER_SECOND = 1000;

/** The library's own way to bring other data: its grouping of utterances, without its note on who transcribed them. */
function libraryInput(segments: readonly SessionSegment[]) {
  const isNamed = segments.some(({ channel }) => channel > 0);
  const toWord =
    (channel: number, text: string) => (word: { word: string; start_ms: number; end_ms: number }, n: number) =>
      ({
        word: word.word,
        punctuated_word: text.split(' ')[n] ?? word.word,
        ...{ start: word.start_ms / MS_PER_SECOND, end: word.end_ms / MS_PER_SECOND },
        ...(isNamed ? { speaker: channel } : {}),
      }) satisfies WordBase;
  const utterances = segments.map(({ words = [], channel, text }) => ({ words: words.map(toWord(channel, text)) }));
  const converter = new DeepgramConverter({ results: { utterances } } as unknown as DeepgramResponse);
  return { transcriptionData: {}, getLines: (lineLength: number) => converter.getLines(lineLength) };
}

const SPOKEN = segmentOf(
  [
    ['yeah', 80, 320],
    ['as', 400, 560],
    ['much', 720, 960],
    ['as', 1040, 1100],
    ['it', 1120, 1200],
    ['is', 1210, 1300],
    ['worth', 1400, 1720],
    ['celebrating', 1800, 3220],
    ['the', 4400, 4480],
    ['first', 4560, 4800],
    ['spacewalk', 5279, 5779],
  ],
  { text: 'Yeah, as much as it is worth celebrating the first spacewalk.' },
);
const DIALOGUE = [
  segmentOf([['hello', 0, 400]], { text: 'Hello?' }),
  segmentOf(
    [
      ['hi', 600, 900],
      ['there', 950, 1300],
    ],
    { text: 'Hi there!', channel: 1 },
  ),
  segmentOf(
    [
      ['how', 1400, 1600],
      ['are', 1700, 1800],
      ['you', 1900, 2200],
    ],
    { text: 'How are you?', channel: 1 },
  ),
  segmentOf([['fine', 3_599_000, 3_600_250]], { text: 'Fine.' }),
];

/** The library cuts off what a double does not hold exactly: 1.001 s are 1.000 s to it. Both write the same of the next position that is held. */
function heldExactly(ms: number): number {
  return Math.trunc((ms / MS_PER_SECOND) * 1000) === ms ? ms : heldExactly(ms + 1);
}

interface SaidWord {
  readonly text: string;
  readonly pauseMs: number;
  readonly lastsMs: number;
}

const anyWord = fc.record({
  text: fc.stringMatching(/^[a-zéß0-9'.,?!]{1,12}$/),
  pauseMs: fc.integer({ min: 10, max: 100_000 }),
  lastsMs: fc.integer({ min: 10, max: 2000 }),
});

/** Finals of two voices, one after the other, up to some hours. */
const anyTalk = fc
  .array(fc.record({ channel: fc.nat(1), words: fc.array(anyWord, { minLength: 1, maxLength: 30 }) }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((turns) => {
    let atMs = 0;
    const say = ({ text, pauseMs, lastsMs }: SaidWord) => {
      const startMs = heldExactly(atMs + pauseMs);
      atMs = heldExactly(startMs + lastsMs);
      return [text, startMs, atMs] as const;
    };
    return turns.map(({ channel, words }) => segmentOf(words.map(say), { channel }));
  });

describe('subtitles', () => {
  it.each([
    ['one voice', [SPOKEN]],
    ['two voices', DIALOGUE],
    ['a voice that begins as the second one', DIALOGUE.slice(1)],
  ])('of %s are the text that @deepgram/captions makes of the same words', (_what, segments) => {
    for (const wordsPerCue of [1, 5, 8, 14]) {
      expect(toSrt(segments, { wordsPerCue })).toBe(srt(libraryInput(segments), wordsPerCue));
      expect(toWebVtt(segments, { wordsPerCue })).toBe(webvtt(libraryInput(segments), wordsPerCue));
    }
  });

  it('of anything that is said are the text that @deepgram/captions makes of it', () => {
    fc.assert(
      fc.property(anyTalk, fc.integer({ min: 1, max: 14 }), (segments, wordsPerCue) => {
        expect(toSrt(segments, { wordsPerCue })).toBe(srt(libraryInput(segments), wordsPerCue));
        expect(toWebVtt(segments, { wordsPerCue })).toBe(webvtt(libraryInput(segments), wordsPerCue));
      }),
    );
  });

  it('keep the millisecond that the library cuts off, and the hours that it counts from 0 again after a day', () => {
    const late = [segmentOf([['late', 1001, 90_000_000]])];
    expect(srt(libraryInput(late))).toContain('00:00:01,000 --> 01:00:00,000');
    expect(toSrt(late)).toContain('00:00:01,001 --> 25:00:00,000');
  });

  it('of nothing are an empty file, where the library fails', () => {
    expect(toSrt([])).toBe('');
    expect(toWebVtt([])).toBe('WEBVTT\n');
    expect(() => srt(libraryInput([]))).toThrow();
  });

  it('hold no markup that somebody spoke, where the library lets it through', () => {
    const [tag] = [untimed('if a < b && c --> d', 0, 1000)];
    expect(toWebVtt([tag])).toContain('\nif a &lt; b &amp;&amp; c --&gt; d\n');
    expect(toSrt([tag])).toContain('\nif a < b && c --> d\n');
  });
});

describe('plain text', () => {
  it('is one line, or a line for each turn of two voices', () => {
    expect(toPlainText([])).toBe('');
    expect(toPlainText([untimed('one two', 0, 900), untimed('three', 1000, 1500)])).toBe('one two three\n');
    expect(toPlainText(DIALOGUE)).toBe('Speaker 0: Hello?\nSpeaker 1: Hi there! How are you?\nSpeaker 0: Fine.\n');
  });
});
