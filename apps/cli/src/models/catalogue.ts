/** Where the archives are published: the release `asr-models` of the sherpa-onnx project. */
export const PUBLISHED_AT = 'https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models';

/** Every archive of that release is called so, and holds one folder of the same name. */
export const ARCHIVE_PREFIX = 'sherpa-onnx-';

/** How the local recogniser uses a model: it is fed and forms text by itself, or it decodes a range of audio at a time. */
export type ModelUse = 'streaming' | 'windowed';

/** A model that is worth having, with the checksum of its archive. */
export interface CatalogueModel {
  /** Name of its archive without prefix and ending; its folder is called so, and tells kind and languages. */
  readonly name: string;
  readonly title: string;
  /** BCP-47 base languages, or `*` for any. */
  readonly languages: readonly string[];
  readonly use: ModelUse;
  readonly licence: string;
  /** The archive's; `embedded` models come out of npm packages, by `npm run setup`. */
  readonly bytes: number;
  readonly origin: { readonly sha256: string } | 'embedded';
}

/** Parakeet TDT 0.6B v3's own list. */
const EUROPEAN = 'bg cs da de el en es et fi fr hr hu it lt lv mt nl pl pt ro ru sk sl sv uk'.split(' ');

/** The smallest that serves a language first. Sizes and checksums are those of the release's own `checksum.txt`. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    ...{ name: 'moonshine-tiny-en', title: 'Moonshine Tiny, the embedded one', languages: ['en'], use: 'windowed' },
    ...{ licence: 'MIT', bytes: 21_903_297, origin: 'embedded' },
  },
  {
    ...{ name: 'moonshine-base-en-int8', title: 'Moonshine Base', languages: ['en'], use: 'windowed' },
    ...{ licence: 'MIT', bytes: 250_807_309 },
    origin: { sha256: '21870cecaa2e44e4e2bf63e02d1072bed183ccd10284871353bd9d24dad14e5e' },
  },
  {
    name: 'streaming-zipformer-fr-kroko-2025-08-06',
    ...{ title: 'Kroko Zipformer', languages: ['fr'], use: 'streaming', licence: 'CC-BY-SA', bytes: 57_220_361 },
    origin: { sha256: 'e6ffd3dc43725cd6c8137b05c739f15607d0df946b9b90eb141e10059efca024' },
  },
  {
    name: 'streaming-zipformer-fr-2023-04-14',
    ...{ title: 'Zipformer', languages: ['fr'], use: 'streaming', licence: 'see its README', bytes: 398_444_115 },
    origin: { sha256: '77d4cbd61dcfa55fd2c14efc0ce5c6798be5931c05f35df5bab60c921950bb8c' },
  },
  {
    ...{ name: 'whisper-tiny', title: 'Whisper Tiny', languages: ['*'], use: 'windowed' },
    ...{ licence: 'MIT', bytes: 116_204_861 },
    origin: { sha256: 'c46116994e539aa165266d96b325252728429c12535eb9d8b6a2b10f129e66b1' },
  },
  {
    ...{ name: 'whisper-base', title: 'Whisper Base', languages: ['*'], use: 'windowed' },
    ...{ licence: 'MIT', bytes: 207_557_382 },
    origin: { sha256: '911b2083efd7c0dca2ac3b358b75222660dc09fb716d64fbfc417ba6c99ff3de' },
  },
  {
    ...{ name: 'whisper-small', title: 'Whisper Small', languages: ['*'], use: 'windowed' },
    ...{ licence: 'MIT', bytes: 639_387_718 },
    origin: { sha256: '486a46afbb7ba798507190ffe02fea2dd726049af212e774537efac6afb210a6' },
  },
  {
    ...{ name: 'nemo-parakeet-tdt-0.6b-v3-int8', title: 'Parakeet TDT 0.6B v3', languages: EUROPEAN, use: 'windowed' },
    ...{ licence: 'CC-BY-4.0', bytes: 487_170_055 },
    origin: { sha256: '5793d0fd397c5778d2cf2126994d58e9d56b1be7c04d13c7a15bb1b4eafb16bf' },
  },
  {
    name: 'sense-voice-zh-en-ja-ko-yue-int8-2024-07-17',
    ...{ title: 'SenseVoice Small', languages: ['zh', 'yue', 'en', 'ja', 'ko'], use: 'windowed' },
    ...{ licence: 'FunASR Model Licence 1.1', bytes: 163_002_883 },
    origin: { sha256: '7d1efa2138a65b0b488df37f8b89e3d91a60676e416f515b952358d83dfd347e' },
  },
];

/** The voice-activity model is fetched beside the embedded speech model and used with every model. */
export const VOICE_ACTIVITY_MODEL = 'silero-vad';

/** The catalogue's entry of that name, said with or without the prefix of the archives. */
export function findInCatalogue(name: string): CatalogueModel | undefined {
  return CATALOGUE.find((model) => model.name === withoutPrefix(name));
}

/** The name under which a published model is kept here. */
export function withoutPrefix(name: string): string {
  return name.startsWith(ARCHIVE_PREFIX) ? name.slice(ARCHIVE_PREFIX.length) : name;
}

/** Whether a model serves a language; `fr-CA` is served by `fr`. */
export function serves(languages: readonly string[], language: string): boolean {
  const [base = language] = language.toLowerCase().split('-');
  return languages.includes('*') || languages.includes(base);
}
