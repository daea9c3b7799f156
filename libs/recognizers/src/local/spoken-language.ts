import { RecognizerError } from '../recognizer.ts';
import { baseLanguage } from './model-languages.ts';

/** BCP-47 for "not determined". */
const UNDETERMINED = 'und';

/** @throws RecognizerError if the model does not serve the language. */
export function assertServed(language: string, served: readonly string[], modelName: string): void {
  if (language === 'auto' || served.includes('*') || served.includes(baseLanguage(language))) return;
  throw new RecognizerError(
    `The model ${modelName} does not serve the language ${language}: it serves ${served.join(', ')}.`,
    { failure: 'bad_request' },
  );
}

/** Says which language was spoken: what the engine heard, else what was asked for, else the only one there is. */
export function spokenLanguage(heard: string | undefined, asked: string, served: readonly string[]): string {
  // SenseVoice and Whisper answer `<|en|>` or `en`.
  const detected = heard?.replace(/[<|>]/g, '') ?? '';
  if (asked !== 'auto') return asked;
  if (detected !== '') return detected;
  const [only] = served;
  return served.length === 1 && only !== undefined && only !== '*' ? only : UNDETERMINED;
}
