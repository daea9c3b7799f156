import { describe, expect, it } from '@jest/globals';
import { findModelFiles, modelKindOf } from './model-layout.ts';

/** Folders as sherpa-onnx publishes them. */
const PUBLISHED: readonly [folder: string, files: string[], kind: string, names: Record<string, string>][] = [
  [
    'sherpa-onnx-whisper-tiny.en',
    [
      'tiny.en-decoder.int8.onnx',
      'tiny.en-decoder.onnx',
      'tiny.en-encoder.int8.onnx',
      'tiny.en-encoder.onnx',
      'tiny.en-tokens.txt',
    ],
    'whisper',
    { encoder: 'tiny.en-encoder.int8.onnx', decoder: 'tiny.en-decoder.int8.onnx', tokens: 'tiny.en-tokens.txt' },
  ],
  [
    'sherpa-onnx-moonshine-tiny-en-int8',
    [
      'README.md',
      'cached_decode.int8.onnx',
      'encode.int8.onnx',
      'preprocess.onnx',
      'tokens.txt',
      'uncached_decode.int8.onnx',
    ],
    'moonshine-v1',
    {
      preprocessor: 'preprocess.onnx',
      encoder: 'encode.int8.onnx',
      uncachedDecoder: 'uncached_decode.int8.onnx',
      cachedDecoder: 'cached_decode.int8.onnx',
    },
  ],
  [
    'sherpa-onnx-moonshine-tiny-en-quantized',
    ['decoder_model_merged.ort', 'encoder_model.ort', 'tokens.txt'],
    'moonshine',
    { encoder: 'encoder_model.ort', mergedDecoder: 'decoder_model_merged.ort' },
  ],
  [
    'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
    ['model.int8.onnx', 'model.onnx', 'tokens.txt'],
    'sense-voice',
    { model: 'model.int8.onnx' },
  ],
  ['sherpa-onnx-nemo-ctc-en-conformer-small', ['model.onnx', 'tokens.txt'], 'nemo-ctc', { model: 'model.onnx' }],
  [
    'sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8',
    ['decoder.int8.onnx', 'encoder.int8.onnx', 'joiner.int8.onnx', 'tokens.txt'],
    'nemo-transducer',
    { encoder: 'encoder.int8.onnx', joiner: 'joiner.int8.onnx' },
  ],
  [
    'sherpa-onnx-zipformer-en-2023-06-26',
    [
      'bpe.model',
      'decoder-epoch-99-avg-1.int8.onnx',
      'decoder-epoch-99-avg-1.onnx',
      'encoder-epoch-99-avg-1.int8.onnx',
      'encoder-epoch-99-avg-1.onnx',
      'joiner-epoch-99-avg-1.int8.onnx',
      'joiner-epoch-99-avg-1.onnx',
      'tokens.txt',
    ],
    'transducer',
    { encoder: 'encoder-epoch-99-avg-1.int8.onnx' },
  ],
  [
    'sherpa-onnx-streaming-zipformer-en-20M-2023-02-17',
    ['decoder-epoch-99-avg-1.onnx', 'encoder-epoch-99-avg-1.onnx', 'joiner-epoch-99-avg-1.onnx', 'tokens.txt'],
    'streaming-transducer',
    { joiner: 'joiner-epoch-99-avg-1.onnx' },
  ],
  [
    'renamed',
    [
      'decoder-epoch-99-avg-1-chunk-16-left-128.onnx',
      'encoder-epoch-99-avg-1-chunk-16-left-128.onnx',
      'joiner-epoch-99-avg-1-chunk-16-left-128.onnx',
      'tokens.txt',
    ],
    'streaming-transducer',
    {},
  ],
];

describe('finding out what a model folder holds', () => {
  it.each(PUBLISHED)('knows %s', (folderName, fileNames, kind, names) => {
    const files = findModelFiles(fileNames);
    expect(files?.names).toMatchObject(names);
    expect(files && modelKindOf({ files, folderName, metadata: new Map() })).toBe(kind);
  });

  it('does not depend on the order of the folder', () => {
    for (const [, fileNames] of PUBLISHED) {
      expect(findModelFiles([...fileNames].reverse())).toEqual(findModelFiles(fileNames));
    }
  });

  it.each([
    [['encoder_model.onnx', 'decoder_model_merged.onnx']],
    [['encoder_model.onnx', 'tokens.txt']],
    [['encoder.onnx', 'decoder.onnx', 'tokens.txt']],
    [['tokens.txt', 'README.md']],
    [[]],
  ])('finds no complete model in %j', (fileNames) => {
    expect(findModelFiles(fileNames)).toBeNull();
  });
});
