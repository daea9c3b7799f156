import { describe, expect, it } from '@jest/globals';
import { chainFor, readProviderChains } from './provider-chains.ts';

describe('the chains of recognisers', () => {
  it('are read for every language and for one', () => {
    const read = readProviderChains(' google, local ;fr=google,whisper; auto = whisper ');
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const chainOf = (language: string) => chainFor(language, read.chains);
    expect(chainOf('en')).toEqual(['google', 'local']);
    expect(chainOf('FR-ca')).toEqual(['google', 'whisper']);
    expect(chainOf('auto')).toEqual(['whisper']);
  });

  it('are none where nothing is configured for a language', () => {
    const read = readProviderChains('fr=google');
    expect(read.ok && chainFor('en', read.chains)).toBeUndefined();
  });

  it.each([
    ['gogle,local', ['"gogle" is no provider; there are local, whisper, google, ledger']],
    ['google;local', ['there are two chains for every language; write language=chain']],
    ['fr=google;FR=local', ['there are two chains for fr']],
    ['french language=google', ['"french language" is no language such as fr, fr-CA or auto']],
    ['fr=', ['"" is no provider; there are local, whisper, google, ledger']],
    ['a;b', expect.arrayContaining([expect.stringContaining('"a"'), expect.stringContaining('"b"')])],
  ])('say what is wrong with %s', (text, problems) => {
    expect(readProviderChains(text)).toEqual({ ok: false, problems });
  });
});
