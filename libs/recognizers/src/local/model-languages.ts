import type { ModelKind } from './model-layout.ts';

/** SenseVoice Small's own list. */
const SENSE_VOICE_LANGUAGES = ['zh', 'yue', 'en', 'ja', 'ko'];

/** Parakeet TDT 0.6B v3's own list; v2 is English. */
const PARAKEET_V3_LANGUAGES = ('bg cs da de el en es et fi fr hr hu it lt lv mt nl pl pt ro ru ' + 'sk sl sv uk').split(
  ' ',
);

/** Languages that sherpa-onnx models are published for, as they appear between dashes in a folder's name. */
const NAMED_LANGUAGES = new Set(
  'ar be bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ka ko lt lv nl pl pt ro ru sk sl sv th tr uk vi yue zh'.split(
    ' ',
  ),
);

/** Any language: the model's name does not say which, so what is asked for is not refused. */
const ANY = ['*'];

/**
 * Says which languages a model serves. sherpa-onnx models carry no list, so it goes by the kind and the names: Moonshine is English
 * unless its folder names another; Whisper serves any unless a file is called `*.en-*`; SenseVoice and Parakeet have fixed
 * lists; for the rest the codes in the folder's name count (`…-zipformer-bilingual-zh-en-…`), and a name without any means
 * any language.
 */
export function languagesOf(kind: ModelKind, folderName: string, fileNames: readonly string[]): readonly string[] {
  const named = namedIn(folderName);
  switch (kind) {
    case 'moonshine':
    case 'moonshine-v1':
      return named ?? ['en'];
    case 'whisper':
      return fileNames.some((name) => /\.en-/.test(name)) ? ['en'] : ANY;
    case 'sense-voice':
      return SENSE_VOICE_LANGUAGES;
    case 'nemo-ctc':
    case 'nemo-transducer':
      return named ?? parakeetLanguages(folderName) ?? ANY;
    case 'transducer':
    case 'streaming-transducer':
      return named ?? ANY;
  }
}

function namedIn(folderName: string): readonly string[] | null {
  const codes = folderName
    .toLowerCase()
    .split(/[-_.]/)
    .filter((part) => NAMED_LANGUAGES.has(part));
  return codes.length > 0 ? [...new Set(codes)] : null;
}

function parakeetLanguages(folderName: string): readonly string[] | null {
  if (!/parakeet/i.test(folderName)) return null;
  return /-v3/i.test(folderName) ? PARAKEET_V3_LANGUAGES : ['en'];
}

/** The part of a BCP-47 tag that a model is chosen by: `en` of `en-US`. */
export function baseLanguage(language: string): string {
  return (language.split('-')[0] ?? language).toLowerCase();
}
