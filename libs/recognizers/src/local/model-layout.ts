/** Which sherpa-onnx files a folder holds, by their role. */
export interface ModelFiles {
  readonly shape: ModelShape;
  /** File names by role; `tokens` is always there. */
  readonly names: Readonly<Record<string, string>>;
}

export type ModelShape = 'moonshine' | 'moonshine-v1' | 'transducer' | 'whisper' | 'single';

/** The models that can be loaded. A `single` file is SenseVoice or NeMo CTC, a transducer may be a streaming one. */
export type ModelKind =
  | 'moonshine'
  | 'moonshine-v1'
  | 'whisper'
  | 'sense-voice'
  | 'nemo-ctc'
  | 'transducer'
  | 'nemo-transducer'
  | 'streaming-transducer';

interface Shape {
  readonly shape: ModelShape;
  readonly roles: Readonly<Record<string, RegExp>>;
  readonly example: string;
}

/** In this order: a folder of Moonshine also has an encoder and a decoder, a transducer's too. */
const SHAPES: readonly Shape[] = [
  {
    shape: 'moonshine',
    roles: { encoder: /^encoder_model/, mergedDecoder: /^decoder_model_merged/ },
    example: 'Moonshine (encoder_model.onnx, decoder_model_merged.onnx)',
  },
  {
    shape: 'moonshine-v1',
    roles: {
      preprocessor: /^preprocess/,
      encoder: /^encode\b/,
      uncachedDecoder: /^uncached_decode/,
      cachedDecoder: /^cached_decode/,
    },
    example: 'Moonshine v1 (preprocess.onnx, encode.onnx, uncached_decode.onnx, cached_decode.onnx)',
  },
  {
    shape: 'transducer',
    roles: { encoder: /(^|[-_])encoder\b/, decoder: /(^|[-_])decoder\b/, joiner: /(^|[-_])joiner\b/ },
    example: 'a transducer such as Zipformer or Parakeet (encoder*.onnx, decoder*.onnx, joiner*.onnx)',
  },
  {
    shape: 'whisper',
    roles: { encoder: /-encoder\b/, decoder: /-decoder\b/ },
    example: 'Whisper (NAME-encoder.onnx, NAME-decoder.onnx)',
  },
  { shape: 'single', roles: { model: /^model\b/ }, example: 'SenseVoice or NeMo CTC (model.onnx)' },
];

/** Says what a model folder may hold, for the error of one that does not. */
export const EXPECTED_FILES = `${SHAPES.map(({ example }) => example).join('; ')}; each with a tokens.txt`;

/** Finds the files of the first shape that is there in full, or null. Of two variants the int8 one is taken. */
export function findModelFiles(fileNames: readonly string[]): ModelFiles | null {
  const tokens = smallest(fileNames.filter((name) => /(^|-)tokens\.txt$/.test(name)));
  if (tokens === null) return null;
  for (const { shape, roles } of SHAPES) {
    const names: Record<string, string> = { tokens };
    for (const [role, pattern] of Object.entries(roles)) {
      const name = smallest(fileNames.filter((each) => /\.(onnx|ort)$/.test(each) && pattern.test(each)));
      if (name !== null) names[role] = name;
    }
    if (Object.keys(roles).every((role) => role in names)) return { shape, names };
  }
  return null;
}

/** The quantised variant first, then the shortest name: the same choice whatever the order of the folder. */
function smallest(names: readonly string[]): string | null {
  const isQuantised = (name: string) => /int8|quant/.test(name);
  const rank = (a: string, b: string) =>
    Number(isQuantised(b)) - Number(isQuantised(a)) || a.length - b.length || (a < b ? -1 : 1);
  return [...names].sort(rank)[0] ?? null;
}

export interface ModelEvidence {
  readonly files: ModelFiles;
  readonly folderName: string;
  /** ONNX metadata of the encoder, or of the single file. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Decides what kind of model the files are, by the file's own metadata first and by the folder's name second; null if neither says. */
export function modelKindOf({ files, folderName, metadata }: ModelEvidence): ModelKind | null {
  const names = [folderName, ...Object.values(files.names)].join(' ').toLowerCase();
  const modelType = metadata.get('model_type') ?? '';
  const isNemo = modelType.startsWith('EncDec') || /nemo|parakeet/.test(names);
  switch (files.shape) {
    case 'moonshine':
    case 'moonshine-v1':
    case 'whisper':
      return files.shape;
    case 'single':
      if (modelType.includes('sense_voice') || /sense-?voice/.test(names)) return 'sense-voice';
      return isNemo ? 'nemo-ctc' : null;
    case 'transducer':
      if (isStreaming(names, metadata)) return 'streaming-transducer';
      return isNemo ? 'nemo-transducer' : 'transducer';
  }
}

/** Streaming encoders carry the length of the chunk they are fed: Zipformer in one key, NeMo in another. */
function isStreaming(names: string, metadata: ReadonlyMap<string, string>): boolean {
  return /streaming|-chunk-/.test(names) || metadata.has('decode_chunk_len') || metadata.has('chunk_shift');
}
