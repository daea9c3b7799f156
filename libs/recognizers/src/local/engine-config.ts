import type { ModelKind } from './model-layout.ts';
import type { LocalModel } from './open-model.ts';
import type { OfflineConfig, OfflineModel, OnlineConfig } from './sherpa.ts';

const FEATURES = { sampleRate: 16_000, featureDim: 80 };
const ENGINE = { provider: 'cpu', debug: 0 } as const;

/** Says in sherpa-onnx's terms how a windowed model is loaded. */
export function offlineConfig(model: LocalModel, threads: number): OfflineConfig {
  return {
    featConfig: FEATURES,
    modelConfig: { ...offlineModel(model), ...ENGINE, numThreads: threads },
    decodingMethod: 'greedy_search',
  };
}

/** Says in sherpa-onnx's terms how a streaming transducer is loaded; endpoints are the streaming policy's business. */
export function onlineConfig({ paths }: LocalModel, threads: number): OnlineConfig {
  return {
    featConfig: FEATURES,
    modelConfig: { transducer: transducer(paths), tokens: path(paths, 'tokens'), ...ENGINE, numThreads: threads },
    decodingMethod: 'greedy_search',
    enableEndpoint: 0,
  };
}

function offlineModel({ kind, paths }: LocalModel): OfflineModel {
  const { tokens = '', ...parts } = paths;
  switch (kind) {
    case 'moonshine':
    case 'moonshine-v1':
      return { moonshine: parts, tokens };
    case 'whisper':
      return {
        whisper: {
          encoder: path(paths, 'encoder'),
          decoder: path(paths, 'decoder'),
          // Empty: detected from the audio. −1: the engine's own padding.
          language: '',
          task: 'transcribe',
          tailPaddings: -1,
        },
        tokens,
      };
    case 'sense-voice':
      return { senseVoice: { model: path(paths, 'model'), language: '', useInverseTextNormalization: 1 }, tokens };
    case 'nemo-ctc':
      return { nemoCtc: { model: path(paths, 'model') }, tokens };
    case 'nemo-transducer':
      return { transducer: transducer(paths), modelType: 'nemo_transducer', tokens };
    case 'transducer':
    case 'streaming-transducer':
      return { transducer: transducer(paths), tokens };
  }
}

function transducer(paths: LocalModel['paths']) {
  return { encoder: path(paths, 'encoder'), decoder: path(paths, 'decoder'), joiner: path(paths, 'joiner') };
}

function path(paths: LocalModel['paths'], role: string): string {
  const found = paths[role];
  if (found === undefined) throw new Error(`A model without ${role} was let through.`);
  return found;
}

/** What is known of each kind apart from its languages. */
export interface KindTraits {
  readonly hasWordTimes: boolean;
  /** Units: samples at 16 kHz. */
  readonly longestWindowSamples: number;
  /** 0: no limit. */
  readonly tokensPerSecondLimit: number;
}

const SECOND_SAMPLES = 16_000;

/** Moonshine loops beyond 25 s and stops at six tokens a second; Whisper's window is 30 s, its last half second unsafe. */
export function traitsOf(kind: ModelKind): KindTraits {
  switch (kind) {
    case 'moonshine':
    case 'moonshine-v1':
      return { hasWordTimes: false, longestWindowSamples: 25 * SECOND_SAMPLES, tokensPerSecondLimit: 6 };
    case 'whisper':
      return { hasWordTimes: false, longestWindowSamples: 29.5 * SECOND_SAMPLES, tokensPerSecondLimit: 0 };
    case 'sense-voice':
    case 'nemo-ctc':
    case 'transducer':
    case 'nemo-transducer':
    case 'streaming-transducer':
      return { hasWordTimes: true, longestWindowSamples: 30 * SECOND_SAMPLES, tokensPerSecondLimit: 0 };
  }
}
