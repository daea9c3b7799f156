import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { precedingTextAfter } from './preceding-text.ts';

describe('the text before an utterance', () => {
  it('is what the finals said, in order', () => {
    const text = ['Good morning.', ' My name is Orla. ', '', 'I call about'].reduce(precedingTextAfter, '');
    expect(text).toBe('Good morning. My name is Orla. I call about');
  });

  it('begins with a whole word when it is long', () => {
    const long = Array.from({ length: 100 }, (_, index) => `word${index}`).join(' ');
    const text = precedingTextAfter(long, 'and the end');
    expect(text).toMatch(/^word\d+ /);
    expect(long.split(' ')).toContain(text.split(' ')[0]);
    expect(text.endsWith(' and the end')).toBe(true);
  });

  it('is cut between characters in a script without blanks', () => {
    expect(precedingTextAfter('', '日'.repeat(300))).toBe('日'.repeat(200));
    expect(precedingTextAfter('', '😀'.repeat(150) + 'x')).toBe('😀'.repeat(99) + 'x');
  });

  it('is an end of all that was said, and never longer than 200 characters', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 90 }), { maxLength: 8 }), (finals) => {
        const text = finals.reduce(precedingTextAfter, '');
        expect(text.length).toBeLessThanOrEqual(200);
        expect(finals.join('').replaceAll(/\s/gu, '').endsWith(text.replaceAll(/\s/gu, ''))).toBe(true);
      }),
    );
  });
});
