import { describe, expect, it } from '@jest/globals';
import { toAskedLanguage, WHISPER_LANGUAGES } from './whisper-languages.ts';
import { toWhisperSettings } from './whisper-options.ts';

describe('the options of Whisper', () => {
  it('need a key for OpenAI itself, and none for a server of your own', () => {
    expect(() => toWhisperSettings({})).toThrow('needs an API key');
    expect(() => toWhisperSettings({ apiKey: '' })).toThrow('needs an API key');
    expect(toWhisperSettings({ baseUrl: 'http://127.0.0.1:8000/v1' }).apiKey).toBe('none');
    expect(toWhisperSettings({ apiKey: 'sk-1' })).toMatchObject({ model: 'whisper-1', apiKey: 'sk-1' });
  });

  it.each([
    ['whisper-1', 'verbose'],
    ['gpt-4o-transcribe', 'streamed'],
    ['gpt-4o-mini-transcribe', 'streamed'],
    ['Systran/faster-whisper-small', 'verbose'],
  ])('ask %s for %s answers', (model, answers) => {
    expect(toWhisperSettings({ apiKey: 'sk-1', model }).answers).toBe(answers);
    expect(toWhisperSettings({ apiKey: 'sk-1', model, answers: 'plain' }).answers).toBe('plain');
  });
});

describe('the languages of Whisper', () => {
  it('are named in BCP-47', () => {
    expect(WHISPER_LANGUAGES.length).toBeGreaterThanOrEqual(100);
    for (const code of WHISPER_LANGUAGES) expect(Intl.getCanonicalLocales(code)).toHaveLength(1);
  });

  it.each([
    ['auto', undefined],
    ['en', 'en'],
    ['en-US', 'en'],
    ['nb-NO', 'no'],
    ['fil', 'tl'],
    ['zh-Hant-TW', 'zh'],
  ])('are asked for as Whisper knows them: %s as %s', (language, expected) => {
    expect(toAskedLanguage(language)).toBe(expected);
  });
});
