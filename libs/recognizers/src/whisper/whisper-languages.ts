import { baseLanguage } from '../local/model-languages.ts';

/** BCP-47 base languages by the English names that Whisper answers with. */
const CODES_BY_NAME: Readonly<Record<string, string>> = {
  afrikaans: 'af',
  albanian: 'sq',
  amharic: 'am',
  arabic: 'ar',
  armenian: 'hy',
  assamese: 'as',
  azerbaijani: 'az',
  bashkir: 'ba',
  basque: 'eu',
  belarusian: 'be',
  bengali: 'bn',
  bosnian: 'bs',
  breton: 'br',
  bulgarian: 'bg',
  cantonese: 'yue',
  catalan: 'ca',
  chinese: 'zh',
  croatian: 'hr',
  czech: 'cs',
  danish: 'da',
  dutch: 'nl',
  english: 'en',
  estonian: 'et',
  faroese: 'fo',
  finnish: 'fi',
  french: 'fr',
  galician: 'gl',
  georgian: 'ka',
  german: 'de',
  greek: 'el',
  gujarati: 'gu',
  'haitian creole': 'ht',
  hausa: 'ha',
  hawaiian: 'haw',
  hebrew: 'he',
  hindi: 'hi',
  hungarian: 'hu',
  icelandic: 'is',
  indonesian: 'id',
  italian: 'it',
  japanese: 'ja',
  javanese: 'jv',
  kannada: 'kn',
  kazakh: 'kk',
  khmer: 'km',
  korean: 'ko',
  lao: 'lo',
  latin: 'la',
  latvian: 'lv',
  lingala: 'ln',
  lithuanian: 'lt',
  luxembourgish: 'lb',
  macedonian: 'mk',
  malagasy: 'mg',
  malay: 'ms',
  malayalam: 'ml',
  maltese: 'mt',
  maori: 'mi',
  marathi: 'mr',
  mongolian: 'mn',
  myanmar: 'my',
  nepali: 'ne',
  norwegian: 'no',
  nynorsk: 'nn',
  occitan: 'oc',
  pashto: 'ps',
  persian: 'fa',
  polish: 'pl',
  portuguese: 'pt',
  punjabi: 'pa',
  romanian: 'ro',
  russian: 'ru',
  sanskrit: 'sa',
  serbian: 'sr',
  shona: 'sn',
  sindhi: 'sd',
  sinhala: 'si',
  slovak: 'sk',
  slovenian: 'sl',
  somali: 'so',
  spanish: 'es',
  sundanese: 'su',
  swahili: 'sw',
  swedish: 'sv',
  tagalog: 'tl',
  tajik: 'tg',
  tamil: 'ta',
  tatar: 'tt',
  telugu: 'te',
  thai: 'th',
  tibetan: 'bo',
  turkish: 'tr',
  turkmen: 'tk',
  ukrainian: 'uk',
  urdu: 'ur',
  uzbek: 'uz',
  vietnamese: 'vi',
  welsh: 'cy',
  yiddish: 'yi',
  yoruba: 'yo',
};

/** Other names that Whisper and its servers use for languages of the table. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  burmese: 'my',
  castilian: 'es',
  flemish: 'nl',
  haitian: 'ht',
  letzeburgesch: 'lb',
  mandarin: 'zh',
  moldavian: 'ro',
  moldovan: 'ro',
  panjabi: 'pa',
  pushto: 'ps',
  sinhalese: 'si',
  valencian: 'ca',
};

/** What Whisper calls languages that BCP-47 calls otherwise, by the tag a client may send. */
const ASKED_AS: Readonly<Record<string, string>> = { cmn: 'zh', fil: 'tl', iw: 'he', jv: 'jw', nb: 'no' };

/** And back, for a server that answers with Whisper's own code. */
const FOUND_AS: Readonly<Record<string, string>> = { jw: 'jv' };

/** The base languages that Whisper was trained on. BCP-47. */
export const WHISPER_LANGUAGES: readonly string[] = [
  ...new Set([...Object.values(CODES_BY_NAME), ...Object.keys(ASKED_AS)]),
];

/** The language as a request names it: Whisper knows no regions; nothing for `auto`, which lets it listen. */
export function toAskedLanguage(language: string): string | undefined {
  if (language === 'auto') return undefined;
  const base = baseLanguage(language);
  return ASKED_AS[base] ?? base;
}

/** BCP-47 of the language an answer names, in English or by its code; `undefined` for a name nobody knows. */
export function toFoundLanguage(named: string | undefined): string | undefined {
  const name = named?.trim().toLowerCase() ?? '';
  const code = CODES_BY_NAME[name] ?? OTHER_NAMES[name] ?? FOUND_AS[name];
  if (code !== undefined) return code;
  return /^[a-z]{2,3}$/.test(name) ? name : undefined;
}
