import { RecognizerError } from '../recognizer.ts';
import { baseLanguage } from './model-languages.ts';

/** BCP-47 for "not determined". */
const UNDETERMINED = 'und';
/** ISO 639: two letters, or three (`yue`). */
const LANGUAGE_CODE = /^[a-z]{2,3}$/;

/** @throws RecognizerError if the model does not serve the language. */
export function assertServed(language: string, served: readonly string[], modelName: string): void {
  if (language === 'auto' || served.includes('*') || served.includes(baseLanguage(language))) return;
  throw new RecognizerError(
    `The model ${modelName} does not serve the language ${language}: it serves ${served.join(', ')}.`,
    { failure: 'bad_request' },
  );
}

/**
 * Says which language was spoken: what the engine heard, else what was asked for, else the only one there is. What was asked for stands
 * where it is the same language, for it may say more (`en-GB` of `en`).
 */
export function spokenLanguage(heard: string | undefined, asked: string, served: readonly string[]): string {
  // SenseVoice and Whisper answer `<|en|>` or `en`; SenseVoice also `<|nospeech|>`.
  const detected = heard?.replace(/[<|>]/g, '') ?? '';
  const isKnown = LANGUAGE_CODE.test(detected);
  if (asked !== 'auto') return isKnown && detected !== baseLanguage(asked) ? detected : asked;
  if (isKnown) return detected;
  const [only] = served;
  return served.length === 1 && only !== undefined && only !== '*' ? only : UNDETERMINED;
}
