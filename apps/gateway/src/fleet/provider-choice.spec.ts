import { describe, expect, it } from '@jest/globals';
import { sessionConfigSchema, SttError, type ProviderName, type SessionConfig } from '@verbatim/protocol';
import { chooseProvider, mergeOffers, type OfferedProvider } from './provider-choice.ts';

const LOCAL: OfferedProvider = { name: 'local', languages: ['en'] };
const WHISPER: OfferedProvider = { name: 'whisper', languages: ['*'] };
const LEDGER: OfferedProvider = { name: 'ledger', languages: ['*'] };

function config(wanted: Partial<SessionConfig> = {}): SessionConfig {
  return { ...sessionConfigSchema.parse({}), ...wanted };
}

function refusal(wanted: Partial<SessionConfig>, offers: readonly OfferedProvider[]): SttError {
  try {
    chooseProvider(config(wanted), offers);
  } catch (thrown) {
    if (thrown instanceof SttError) return thrown;
  }
  throw new Error('it was not refused');
}

describe('chooseProvider', () => {
  it.each<[string, Partial<SessionConfig>, readonly OfferedProvider[], ProviderName]>([
    ['the one that is asked for', { provider: 'whisper' }, [LOCAL, WHISPER], 'whisper'],
    ['the first that serves the language', { language: 'fr' }, [LOCAL, WHISPER], 'whisper'],
    ['the first of the fleet', {}, [LOCAL, WHISPER], 'local'],
    ['one that serves the base language', { language: 'en-GB' }, [LOCAL], 'local'],
    ['one that can tell languages apart, for auto', { language: 'auto' }, [LOCAL, WHISPER], 'whisper'],
    ['speech before the ledger', {}, [LEDGER, LOCAL], 'local'],
    ['the ledger when there is nothing else', {}, [LEDGER], 'ledger'],
  ])('takes %s', (_name, wanted, offers, expected) => {
    expect(chooseProvider(config(wanted), offers)).toBe(expected);
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
    const error = refusal({ language: 'fr' }, [LOCAL, { name: 'google', languages: ['de', 'es'] }]);
    expect(error).toMatchObject({ code: 'bad_request', field: 'language' });
    expect(error.message).toContain('local: en (the embedded model speaks English only); google: de, es');
  });

  it('does not pretend to detect the language with a recogniser of one', () => {
    expect(refusal({ language: 'auto' }, [LOCAL])).toMatchObject({ code: 'bad_request', field: 'language' });
  });

  it('does not fall back to another provider than the one that was asked for', () => {
    expect(refusal({ provider: 'local', language: 'fr' }, [LOCAL, WHISPER]).message).not.toContain('whisper');
  });
});

describe('mergeOffers', () => {
  const isKnown = (name: string): name is ProviderName => name !== 'unheard-of';

  it('joins the languages of several transcribers and leaves out what is down or unknown', () => {
    expect(
      mergeOffers(
        [
          { name: 'local', languages: ['en'], status: 'ok' },
          { name: 'google', languages: ['en'], status: 'down' },
          { name: 'unheard-of', languages: ['*'], status: 'ok' },
          { name: 'local', languages: ['en', 'fr'], status: 'degraded' },
        ],
        isKnown,
      ),
    ).toEqual([{ name: 'local', languages: ['en', 'fr'] }]);
  });
});
