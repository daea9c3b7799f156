/** Where Google's codes differ from BCP-47's canonical ones; keyed by canonical language and region. */
const GOOGLE_CODES: Readonly<Record<string, string>> = {
  'zh-CN': 'cmn-Hans-CN',
  'zh-TW': 'cmn-Hant-TW',
  'zh-HK': 'yue-Hant-HK',
  'he-IL': 'iw-IL',
  'nb-NO': 'no-NO',
};

/** Written without spaces between words, so parts are joined without one too. */
const UNSPACED_LANGUAGES = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'km', 'my']);

/**
 * The code that Google knows the language by: it wants a region (`fr` → `fr-FR`, the likeliest one where none is said) and has
 * older names for a few.
 */
export function toGoogleCode(language: string): string {
  if (language === 'auto') return language;
  const locale = parsed(language);
  if (!locale) return language;
  const region = locale.region ?? locale.maximize().region;
  if (region === undefined) return locale.language;
  const code = `${locale.language}-${region}`;
  return GOOGLE_CODES[code] ?? code;
}

/** Google's code as canonical BCP-47: `en-us` → `en-US`, `iw-IL` → `he-IL`. */
export function fromGoogleCode(code: string): string {
  return parsed(code)?.toString() ?? code;
}

/** What stands between two parts of a text in this language. */
export function joinerOf(language: string): ' ' | '' {
  return UNSPACED_LANGUAGES.has(parsed(language)?.language ?? '') ? '' : ' ';
}

function parsed(language: string): Intl.Locale | null {
  try {
    return new Intl.Locale(language);
  } catch {
    return null;
  }
}
