import { PROVIDERS, type ProviderName } from '@verbatim/protocol';

/** Which recognisers are tried in which order, by the language of a session. */
export interface ProviderChains {
  /** For every language that has none of its own; `undefined`: as the transcribers offer them. */
  readonly everyLanguage: readonly ProviderName[] | undefined;
  /** By language in lower case: `fr`, `fr-ca`, `auto`. */
  readonly byLanguage: ReadonlyMap<string, readonly ProviderName[]>;
}

/** Nothing was configured. */
export const noChains: ProviderChains = { everyLanguage: undefined, byLanguage: new Map() };

/** A language tag as sessions ask for it; the provider choice compares them without case. */
const LANGUAGE = /^[a-z]{2,4}(-[a-z0-9]{2,8})*$/;

export type ReadChains =
  | { readonly ok: true; readonly chains: ProviderChains }
  /** Sentences, one for each thing that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads chains as they stand in the environment: `google,local; fr=google,whisper`, a chain for every language and one for French.
 */
export function readProviderChains(text: string): ReadChains {
  const byLanguage = new Map<string, readonly ProviderName[]>();
  let everyLanguage: readonly ProviderName[] | undefined;
  const problems: string[] = [];
  for (const part of text.split(';').map((each) => each.trim())) {
    if (part === '') continue;
    const [names = '', language] = part.split('=', 2).reverse();
    const chain = names.split(',').map((name) => name.trim());
    const unknown = chain.filter((name) => !isProviderName(name));
    if (unknown.length > 0)
      problems.push(`"${unknown.join('", "')}" is no provider; there are ${PROVIDERS.join(', ')}`);
    const known = [...new Set(chain.filter(isProviderName))];
    if (language === undefined) {
      if (everyLanguage !== undefined) problems.push('there are two chains for every language; write language=chain');
      everyLanguage = known;
      continue;
    }
    const tag = language.trim().toLowerCase();
    if (!LANGUAGE.test(tag)) problems.push(`"${language.trim()}" is no language such as fr, fr-CA or auto`);
    if (byLanguage.has(tag)) problems.push(`there are two chains for ${tag}`);
    byLanguage.set(tag, known);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, chains: { everyLanguage, byLanguage } };
}

/** The chain for a session's language: that of the very language, of its base language, or of every language. */
export function chainFor(language: string, { everyLanguage, byLanguage }: ProviderChains) {
  const tag = language.toLowerCase();
  const [base = tag] = tag.split('-', 1);
  return byLanguage.get(tag) ?? byLanguage.get(base) ?? everyLanguage;
}

export function isProviderName(name: string): name is ProviderName {
  return (PROVIDERS as readonly string[]).includes(name);
}
