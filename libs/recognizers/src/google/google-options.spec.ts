import { describe, expect, it } from '@jest/globals';
import { fromGoogleCode, joinerOf, toGoogleCode } from './google-languages.ts';
import { toSettings } from './google-options.ts';

describe('the options of Google’s recogniser', () => {
  it('ask v2 for its long model at the global endpoint unless told otherwise', () => {
    expect(toSettings({})).toMatchObject({ api: 'v2', model: 'long', location: 'global', languages: ['*'] });
    expect(toSettings({}).endpoint).toBeUndefined();
    expect(toSettings({ api: 'v1' })).toMatchObject({ model: 'latest_long' });
  });

  it.each([
    [{ location: 'europe-west4' }, { host: 'europe-west4-speech.googleapis.com', port: 443, isPlain: false }],
    [
      { location: 'eu', endpoint: 'speech.internal:8443' },
      { host: 'speech.internal', port: 8443, isPlain: false },
    ],
    [{ endpoint: 'speech.internal' }, { host: 'speech.internal', port: 443, isPlain: false }],
    [{ endpoint: 'http://127.0.0.1:4321' }, { host: '127.0.0.1', port: 4321, isPlain: true }],
  ])('%j lead to %j', (options, endpoint) => {
    expect(toSettings(options).endpoint).toEqual(endpoint);
  });

  it.each([
    [{ endpoint: 'no endpoint' }, '"no endpoint" is no endpoint: write host:port, or http://host:port.'],
    [{ autoLanguages: [] }, 'Google chooses among one to 4 languages, not 0.'],
    [{ autoLanguages: ['a', 'b', 'c', 'd', 'e'] }, 'Google chooses among one to 4 languages, not 5.'],
  ])('%j are refused with a sentence', (options, sentence) => {
    expect(() => toSettings(options)).toThrow(sentence);
  });

  it('leave the choice of the language to a model that can make it', () => {
    expect(toSettings({ model: 'chirp_2' }).autoLanguages).toEqual(['auto']);
    expect(toSettings({}).autoLanguages).toContain('fr-FR');
  });

  it('ask no word times of a model that has none', () => {
    expect(toSettings({ model: 'chirp_3' }).hasWordTimes).toBe(false);
    expect(toSettings({}).hasWordTimes).toBe(true);
  });
});

describe('the names of languages', () => {
  it.each([
    ['en', 'en-US'],
    ['fr', 'fr-FR'],
    ['fr-ca', 'fr-CA'],
    ['pt', 'pt-BR'],
    ['zh', 'cmn-Hans-CN'],
    ['zh-TW', 'cmn-Hant-TW'],
    ['he', 'iw-IL'],
    ['auto', 'auto'],
    ['not a language', 'not a language'],
  ])('%s is %s to Google', (language, code) => {
    expect(toGoogleCode(language)).toBe(code);
  });

  it.each([
    ['en-us', 'en-US'],
    ['iw-il', 'he-IL'],
    ['cmn-hans-cn', 'zh-Hans-CN'],
    ['?', '?'],
  ])('%s is %s to us', (code, language) => {
    expect(fromGoogleCode(code)).toBe(language);
  });

  it('tell whether words are written apart', () => {
    expect(['en-US', 'ja-JP', 'zh-Hans-CN', ''].map(joinerOf)).toEqual([' ', '', '', ' ']);
  });
});
