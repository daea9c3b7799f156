import { SttError, type NodeProvider, type ProviderName, type SessionConfig } from '@verbatim/protocol';

/** A recogniser that at least one live transcriber offers. */
export interface OfferedProvider {
  readonly name: ProviderName;
  /** BCP-47 base languages, or `*` for any. */
  readonly languages: readonly string[];
}

const ANY_LANGUAGE = '*';
const NOBODY_RETRY_MS = 2000;
const OTHER_PROVIDER_RETRY_MS = 5000;

/** Chosen only by name, or when there is nothing else: it recognises markers, not speech. */
const LAST_CHOICE: ProviderName = 'ledger';

/**
 * Decides which recogniser a session gets: the one it asks for, else the first of the fleet that serves its language.
 * @throws SttError `provider_unavailable` when nobody offers it now; `bad_request` when nobody serves the language.
 */
export function chooseProvider(config: SessionConfig, offers: readonly OfferedProvider[]): ProviderName {
  if (offers.length === 0) throw nobodyThere();
  const wanted = config.provider;
  const candidates = wanted === undefined ? lastChoiceLast(offers) : offers.filter((offer) => offer.name === wanted);
  if (candidates.length === 0) throw notOffered(wanted, offers);
  const chosen = candidates.find((offer) => isServed(config.language, offer.languages));
  if (chosen === undefined) throw languageNotServed(config.language, candidates);
  return chosen.name;
}

/** Joins what several transcribers say of themselves; the first to name a provider decides its place. */
export function mergeOffers(
  providers: readonly NodeProvider[],
  isKnown: (name: string) => name is ProviderName,
): readonly OfferedProvider[] {
  const languagesByName = new Map<ProviderName, Set<string>>();
  for (const provider of providers) {
    if (provider.status === 'down' || !isKnown(provider.name)) continue;
    const languages = languagesByName.get(provider.name) ?? new Set();
    provider.languages.forEach((language) => languages.add(language));
    languagesByName.set(provider.name, languages);
  }
  return [...languagesByName].map(([name, languages]) => ({ name, languages: [...languages] }));
}

function lastChoiceLast(offers: readonly OfferedProvider[]): readonly OfferedProvider[] {
  return [...offers].sort((a, b) => Number(a.name === LAST_CHOICE) - Number(b.name === LAST_CHOICE));
}

/** `auto` needs a recogniser that can tell languages apart: one with a single language would only pretend to. */
function isServed(language: string, languages: readonly string[]): boolean {
  if (languages.includes(ANY_LANGUAGE)) return true;
  if (language === 'auto') return languages.length > 1;
  const base = language.split('-', 1)[0]?.toLowerCase();
  return languages.some((served) => served.toLowerCase() === base || served.toLowerCase() === language.toLowerCase());
}

function nobodyThere(): SttError {
  return new SttError('provider_unavailable', 'No transcriber is running: start one, or try again in a moment.', {
    retryAfterMs: NOBODY_RETRY_MS,
  });
}

function notOffered(wanted: string | undefined, offers: readonly OfferedProvider[]): SttError {
  const names = offers.map((offer) => offer.name).join(', ');
  return new SttError(
    'provider_unavailable',
    `Provider ${wanted ?? ''} is not offered by any running transcriber; available: ${names}.`,
    { field: 'provider', retryAfterMs: OTHER_PROVIDER_RETRY_MS },
  );
}

function languageNotServed(language: string, candidates: readonly OfferedProvider[]): SttError {
  const served = candidates.map((offer) => `${offer.name}: ${offer.languages.join(', ')}${remark(offer)}`).join('; ');
  const wish =
    language === 'auto'
      ? 'Language auto needs a recogniser of several languages, and there is none'
      : `Language ${language} is not served`;
  return new SttError('bad_request', `${wish}; available are ${served}.`, { field: 'language' });
}

function remark(offer: OfferedProvider): string {
  const isEnglishOnly = offer.languages.length === 1 && offer.languages[0] === 'en';
  return offer.name === 'local' && isEnglishOnly ? ' (the embedded model speaks English only)' : '';
}
