import { describe, expect, it } from '@jest/globals';
import { assertServed, spokenLanguage } from './spoken-language.ts';

describe('the language of a result', () => {
  it.each([
    { of: 'what the engine heard, where it was left open', heard: '<|fr|>', asked: 'auto', served: ['*'], is: 'fr' },
    { of: 'what the engine heard, where another was asked for', heard: 'de', asked: 'fr', served: ['*'], is: 'de' },
    {
      of: 'what was asked for, where it says more of the same',
      heard: 'en',
      asked: 'en-GB',
      served: ['*'],
      is: 'en-GB',
    },
    {
      of: 'what was asked for, where nothing is named',
      heard: '<|nospeech|>',
      asked: 'ja',
      served: ['zh', 'ja'],
      is: 'ja',
    },
    { of: 'what was asked for, where nothing is told', heard: undefined, asked: 'fr-CA', served: ['fr'], is: 'fr-CA' },
    { of: "the model's only one, where it was left open", heard: undefined, asked: 'auto', served: ['fr'], is: 'fr' },
    { of: 'undetermined, where several are served', heard: '', asked: 'auto', served: ['zh', 'en'], is: 'und' },
    { of: 'undetermined, where any is served', heard: undefined, asked: 'auto', served: ['*'], is: 'und' },
  ])('is $of', ({ heard, asked, served, is }) => {
    expect(spokenLanguage(heard, asked, served)).toBe(is);
  });

  it('that a model does not serve is refused with those it does', () => {
    expect(() => assertServed('fr-CA', ['en', 'de'], 'small')).toThrow(
      /small does not serve .* fr-CA: it serves en, de/,
    );
    expect(() => assertServed('fr-CA', ['fr'], 'small')).not.toThrow();
    expect(() => assertServed('auto', ['fr'], 'small')).not.toThrow();
  });
});
