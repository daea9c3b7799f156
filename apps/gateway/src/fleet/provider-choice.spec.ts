import { describe, expect, it } from '@jest/globals';
import { sessionConfigSchema, SttError, type ProviderName, type SessionConfig } from '@verbatim/protocol';
import { readProviderChains } from './provider-chains.ts';
import { chooseProviders, mergeOffers, type OfferedProvider } from './provider-choice.ts';

const LOCAL: OfferedProvider = { name: 'local', languages: ['en'], isDown: false };
const WHISPER: OfferedProvider = { name: 'whisper', languages: ['*'], isDown: false };
const LEDGER: OfferedProvider = { name: 'ledger', languages: ['*'], isDown: false };
const GOOGLE: OfferedProvider = { name: 'google', languages: ['*'], isDown: false };

function config(wanted: Partial<SessionConfig> = {}): SessionConfig {
  return { ...sessionConfigSchema.parse({}), ...wanted };
}

function refusal(wanted: Partial<SessionConfig>, offers: readonly OfferedProvider[]): SttError {
  try {
    chooseProviders(config(wanted), offers);
  } catch (thrown) {
    if (thrown instanceof SttError) return thrown;
  }
  throw new Error('it was not refused');
}

interface ChainCase {
  readonly chains: string;
  readonly wanted: Partial<SessionConfig>;
}

describe('chooseProviders', () => {
  it.each<[string, Partial<SessionConfig>, readonly OfferedProvider[], ProviderName]>([
    ['the one that is asked for', { provider: 'whisper' }, [LOCAL, WHISPER], 'whisper'],
    ['the first that serves the language', { language: 'fr' }, [LOCAL, WHISPER], 'whisper'],
    ['the first of the fleet', {}, [LOCAL, WHISPER], 'local'],
    ['one that serves the base language', { language: 'en-GB' }, [LOCAL], 'local'],
    ['one that can tell languages apart, for auto', { language: 'auto' }, [LOCAL, WHISPER], 'whisper'],
    ['speech before the ledger', {}, [LEDGER, LOCAL], 'local'],
    ['the ledger when there is nothing else', {}, [LEDGER], 'ledger'],
  ])('takes %s', (_name, wanted, offers, expected) => {
    expect(chooseProviders(config(wanted), offers).provider).toBe(expected);
  });

  it('says when to try again while there is no transcriber', () => {
    expect(refusal({}, [])).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 2000 });
  });

  it('names what is available instead of a provider that nobody offers', () => {
    const error = refusal({ provider: 'google' }, [LOCAL, WHISPER]);
    expect(error).toMatchObject({ code: 'provider_unavailable', field: 'provider' });
    expect(error.message).toContain('available: local, whisper');
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  it('lists the languages that can be served instead of one that cannot', () => {
    const error = refusal({ language: 'fr' }, [LOCAL, { ...GOOGLE, languages: ['de', 'es'] }]);
    expect(error).toMatchObject({ code: 'bad_request', field: 'language' });
    expect(error.message).toMatch(
      /local: en \(the embedded model speaks English only; .*`verbatim models`.*STT_LOCAL_MODEL.*\); google: de, es/,
    );
  });

  it('does not pretend to detect the language with a recogniser of one', () => {
    expect(refusal({ language: 'auto' }, [LOCAL])).toMatchObject({ code: 'bad_request', field: 'language' });
  });

  it('does not fall back to another provider than the one that was asked for', () => {
    expect(refusal({ provider: 'local', language: 'fr' }, [LOCAL, WHISPER]).message).not.toContain('whisper:');
    expect(chooseProviders(config({ provider: 'local' }), [LOCAL, WHISPER]).fallbacks).toEqual([]);
  });

  it.each<[string, ChainCase, readonly OfferedProvider[], readonly ProviderName[]]>([
    ['the others behind it', { chains: '', wanted: {} }, [LOCAL, WHISPER, GOOGLE], ['local', 'whisper', 'google']],
    ['no markers behind speech', { chains: '', wanted: {} }, [LEDGER, LOCAL, WHISPER], ['local', 'whisper']],
    [
      'only those that serve the language',
      { chains: '', wanted: { language: 'fr' } },
      [GOOGLE, LOCAL, WHISPER],
      ['google', 'whisper'],
    ],
    [
      'the configured order',
      { chains: 'google,whisper,local', wanted: {} },
      [LOCAL, WHISPER, GOOGLE],
      ['google', 'whisper', 'local'],
    ],
    ['of a chain what is offered', { chains: 'google,whisper', wanted: {} }, [LOCAL, WHISPER], ['whisper']],
    [
      'the chain of its language',
      { chains: 'local;fr=google,whisper', wanted: { language: 'fr-CA' } },
      [WHISPER, GOOGLE],
      ['google', 'whisper'],
    ],
    [
      'the chain of its very language first',
      { chains: 'fr=google;fr-CA=whisper', wanted: { language: 'fr-ca' } },
      [WHISPER, GOOGLE],
      ['whisper'],
    ],
    ['a chain for auto', { chains: 'local;auto=whisper', wanted: { language: 'auto' } }, [LOCAL, WHISPER], ['whisper']],
    [
      'markers where the chain wants them',
      { chains: 'google,ledger', wanted: {} },
      [LEDGER, GOOGLE],
      ['google', 'ledger'],
    ],
    [
      'one that is well in front',
      { chains: 'google,local', wanted: {} },
      [LOCAL, { ...GOOGLE, isDown: true }],
      ['local', 'google'],
    ],
  ])('takes %s', (_name, { chains, wanted }, offers, expected) => {
    const read = readProviderChains(chains);
    const { provider, fallbacks } = chooseProviders(config(wanted), offers, read.ok ? read.chains : undefined);
    expect([provider, ...fallbacks]).toEqual(expected);
  });

  it('says what is out of order, and when to try again', () => {
    const down = { ...WHISPER, isDown: true };
    expect(refusal({ provider: 'whisper' }, [LOCAL, down])).toMatchObject({
      code: 'provider_unavailable',
      message: 'Out of order right now: whisper; try again in 5 s.',
      retryAfterMs: 5000,
    });
    expect(refusal({ language: 'fr' }, [LOCAL, down]).code).toBe('provider_unavailable');
  });
});

describe('mergeOffers', () => {
  it('joins the languages of several transcribers and leaves out what is unknown', () => {
    expect(
      mergeOffers([
        { name: 'local', languages: ['en'], status: 'ok' },
        { name: 'google', languages: ['en'], status: 'down' },
        { name: 'unheard-of', languages: ['*'], status: 'ok' },
        { name: 'local', languages: ['en', 'fr'], status: 'degraded' },
      ]),
    ).toEqual([
      { name: 'local', languages: ['en', 'fr'], isDown: false },
      { name: 'google', languages: ['en'], isDown: true },
    ]);
  });

  it('holds one for down only when everybody says so', () => {
    const [offer] = mergeOffers([
      { name: 'google', languages: ['*'], status: 'down' },
      { name: 'google', languages: ['*'], status: 'degraded' },
    ]);
    expect(offer?.isDown).toBe(false);
  });
});
