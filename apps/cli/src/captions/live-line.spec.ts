import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reduceCaptions } from './caption-view.ts';
import { displayWidth } from './display-width.ts';
import { drawLiveLine } from './live-line.ts';
import { transcription } from './transcription.fixture.ts';

const viewOf = (text: string, stableChars = 0) =>
  reduceCaptions([], transcription({ text, stable_chars: stableChars, revision: 1 })).view;

describe('drawLiveLine', () => {
  it('shows how much is sent, then the forming words', () => {
    const line = drawLiveLine({ sentMs: 5000, totalMs: 10_000 }, viewOf('hello there'), {
      columns: 80,
      isColoured: false,
    });
    expect(line).toBe('██████░░░░░░ 5.0/10.0 s hello there');
  });

  it('shows only the time sent where the total is unknown', () => {
    expect(drawLiveLine({ sentMs: 5000, totalMs: undefined }, [], { columns: 80, isColoured: false })).toBe('5.0 s ');
  });

  it('keeps the newest words when the line is too long', () => {
    expect(drawLiveLine(undefined, viewOf('one two three four'), { columns: 12, isColoured: false })).toBe(
      '…three four',
    );
  });

  it('dims the words that may still change', () => {
    const line = drawLiveLine(undefined, viewOf('sure maybe', 4), { columns: 80, isColoured: true });
    expect(line).toBe('sure\x1b[2m maybe\x1b[0m');
  });

  it('takes the control characters out of what came over the network', () => {
    expect(drawLiveLine(undefined, viewOf('a\x1b[2Jb\nc'), { columns: 80, isColoured: false })).toBe('a [2Jb c');
  });

  it('never fills the last column, whatever the text and the width', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 30, max: 120 }), (words, columns) => {
        const line = drawLiveLine({ sentMs: 1234, totalMs: 60_000 }, viewOf(words), { columns, isColoured: false });
        expect(displayWidth(line)).toBeLessThan(columns);
        expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
