import { describe, expect, it } from '@jest/globals';
import { baseLanguage, languagesOf } from './model-languages.ts';

describe('the languages of a model', () => {
  it.each([
    ['moonshine', 'moonshine-tiny-en', [], ['en']],
    ['moonshine', 'my-moonshine', [], ['en']],
    ['moonshine-v1', 'sherpa-onnx-moonshine-base-es-int8', [], ['es']],
    ['whisper', 'sherpa-onnx-whisper-tiny.en', ['tiny.en-encoder.onnx'], ['en']],
    ['whisper', 'sherpa-onnx-whisper-small', ['small-encoder.onnx'], ['*']],
    ['sense-voice', 'sense-voice', [], ['zh', 'yue', 'en', 'ja', 'ko']],
    ['nemo-transducer', 'sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8', [], ['en']],
    ['nemo-ctc', 'sherpa-onnx-nemo-ctc-en-conformer-small', [], ['en']],
    ['transducer', 'sherpa-onnx-zipformer-bilingual-zh-en', [], ['zh', 'en']],
    ['streaming-transducer', 'my-model', [], ['*']],
  ] as const)('of kind %s in %s with %j are %j', (kind, folder, files, languages) => {
    expect(languagesOf(kind, folder, files)).toEqual(languages);
  });

  it('are 25 for Parakeet v3', () => {
    expect(languagesOf('nemo-transducer', 'sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8', [])).toHaveLength(25);
  });

  it('are chosen by the base of a tag', () => {
    expect(baseLanguage('en-US')).toBe('en');
    expect(baseLanguage('YUE')).toBe('yue');
  });
});
