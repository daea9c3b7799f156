import { SttError, type NodeProvider, type ProviderName, type SessionConfig } from '@verbatim/protocol';
import { chainFor, isProviderName, noChains, type ProviderChains } from './provider-chains.ts';

/** A recogniser that at least one live transcriber offers. */
export interface OfferedProvider {
  readonly name: ProviderName;
  /** BCP-47 base languages, or `*` for any. */
  readonly languages: readonly string[];
  /** Everybody who offers it says that it is out of order right now. */
  readonly isDown: boolean;
}

/** The recognisers of a session. */
export interface ChosenProviders {
  readonly provider: ProviderName;
  /** To go on with when it fails, the preferred one first; empty where the client insists on its provider. */
  readonly fallbacks: readonly ProviderName[];
}

const ANY_LANGUAGE = '*';
const NOBODY_RETRY_MS = 2000;
const OTHER_PROVIDER_RETRY_MS = 5000;

/** Chosen only by name or by a configured chain, or when there is nothing else: it recognises markers, not speech. */
const MARKERS_ONLY: ProviderName = 'ledger';

/**
 * Decides which recognisers a session gets: the one it asks for and no other; else of the chain for its language those that are offered and
 * serve it, the first that is not out of order in front.
 * @throws SttError `provider_unavailable` when nobody offers it now; `bad_request` when nobody serves the language.
 */
export function chooseProviders(
  config: SessionConfig,
  offers: readonly OfferedProvider[],
  chains: ProviderChains = noChains,
): ChosenProviders {
  if (offers.length === 0) throw nobodyThere();
  const candidates = candidatesFor(config, offers, chains);
  if (candidates.length === 0) throw notOffered(config, offers);
  const serving = candidates.filter((offer) => isServed(config.language, offer.languages));
  if (serving.length === 0) throw languageNotServed(config, offers);
  const chosen = serving.find((offer) => !offer.isDown);
  if (chosen === undefined) throw outOfOrder(serving);
  return {
    provider: chosen.name,
    fallbacks: config.provider === undefined ? serving.filter((offer) => offer !== chosen).map(({ name }) => name) : [],
  };
}

/** Joins what several transcribers say of themselves; the first to name a provider decides its place. */
export function mergeOffers(providers: readonly NodeProvider[]): readonly OfferedProvider[] {
  const offersByName = new Map<ProviderName, { readonly languages: Set<string>; isDown: boolean }>();
  for (const { name, languages, status } of providers) {
    if (!isProviderName(name)) continue;
    const offer = offersByName.get(name) ?? { languages: new Set<string>(), isDown: true };
    languages.forEach((language) => offer.languages.add(language));
    offer.isDown &&= status === 'down';
    offersByName.set(name, offer);
  }
  return [...offersByName].map(([name, { languages, isDown }]) => ({ name, languages: [...languages], isDown }));
}

function candidatesFor(
  { provider: wanted, language }: SessionConfig,
  offers: readonly OfferedProvider[],
  chains: ProviderChains,
): readonly OfferedProvider[] {
  if (wanted !== undefined) return offers.filter(({ name }) => name === wanted);
  const chain = chainFor(language, chains);
  if (chain !== undefined) return chain.flatMap((name) => offers.find((offer) => offer.name === name) ?? []);
  const speech = offers.filter(({ name }) => name !== MARKERS_ONLY);
  return speech.length > 0 ? speech : offers;
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

function notOffered({ provider, language }: SessionConfig, offers: readonly OfferedProvider[]): SttError {
  const names = offers.map((offer) => offer.name).join(', ');
  const what =
    provider === undefined ? `None of the providers configured for language ${language}` : `Provider ${provider}`;
  const verb = provider === undefined ? 'is offered' : 'is not offered';
  return new SttError('provider_unavailable', `${what} ${verb} by any running transcriber; available: ${names}.`, {
    field: 'provider',
    retryAfterMs: OTHER_PROVIDER_RETRY_MS,
  });
}

function outOfOrder(serving: readonly OfferedProvider[]): SttError {
  const names = serving.map((offer) => offer.name).join(', ');
  return new SttError(
    'provider_unavailable',
    `Out of order right now: ${names}; try again in ${OTHER_PROVIDER_RETRY_MS / 1000} s.`,
    { retryAfterMs: OTHER_PROVIDER_RETRY_MS },
  );
}

/** Says what each provider serves; of the others, too, as another one may be the answer. */
function languageNotServed({ language, provider }: SessionConfig, offers: readonly OfferedProvider[]): SttError {
  const shown = provider === undefined ? offers : offers.filter(({ name }) => name === provider);
  const served = shown.map((offer) => `${offer.name}: ${offer.languages.join(', ')}${remark(offer)}`).join('; ');
  const wish =
    language === 'auto'
      ? 'Language auto needs a recogniser of several languages, and there is none'
      : `Language ${language} is not served`;
  return new SttError('bad_request', `${wish}; available are ${served}.`, { field: 'language' });
}

function remark(offer: OfferedProvider): string {
  const isEnglishOnly = offer.languages.length === 1 && offer.languages[0] === 'en';
  if (offer.name !== 'local' || !isEnglishOnly) return '';
  return (
    ' (the embedded model speaks English only; for other languages fetch a model with `verbatim models` and name it in STT_LOCAL_MODEL, ' +
    'or let a transcriber offer google or whisper)'
  );
}
