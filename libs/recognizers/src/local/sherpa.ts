import { createRequire } from 'node:module';

/**
 * The parts of sherpa-onnx-node that are used here; the package ships no types. Paths are file names, times seconds.
 */
export interface Sherpa {
  readonly OfflineRecognizer: { createAsync(config: OfflineConfig): Promise<OfflineRecognizer> };
  readonly OnlineRecognizer: new (config: OnlineConfig) => OnlineRecognizer;
  readonly Vad: new (config: VadConfig, bufferSeconds: number) => Vad;
}

export interface Waveform {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

export interface OfflineStream {
  acceptWaveform(waveform: Waveform): void;
  setOption(key: string, value: string): void;
}

/** `decodeAsync` runs on a thread of its own; several may run at once on one recogniser. */
export interface OfflineRecognizer {
  createStream(): OfflineStream;
  decodeAsync(stream: OfflineStream): Promise<SherpaResult>;
}

export interface OnlineStream {
  acceptWaveform(waveform: Waveform): void;
  inputFinished(): void;
}

/** Every call blocks its thread. */
export interface OnlineRecognizer {
  createStream(): OnlineStream;
  isReady(stream: OnlineStream): boolean;
  decode(stream: OnlineStream): void;
  getResult(stream: OnlineStream): SherpaResult;
}

/** `timestamps` has one entry per token where the model aligns its output, else none. */
export interface SherpaResult {
  readonly text: string;
  readonly tokens?: readonly string[];
  readonly timestamps?: readonly number[];
  readonly durations?: readonly number[];
  readonly lang?: string;
}

export interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
  flush(): void;
  reset(): void;
}

interface EngineConfig {
  readonly numThreads: number;
  readonly provider: 'cpu';
  readonly debug: 0;
}

interface Transducer {
  readonly encoder: string;
  readonly decoder: string;
  readonly joiner: string;
}

interface FeatureConfig {
  readonly sampleRate: number;
  readonly featureDim: number;
}

export interface OfflineModel {
  readonly moonshine?: Readonly<Record<string, string>>;
  readonly whisper?: {
    readonly encoder: string;
    readonly decoder: string;
    readonly language: string;
    readonly task: 'transcribe';
    readonly tailPaddings: number;
  };
  readonly senseVoice?: { readonly model: string; readonly language: string; readonly useInverseTextNormalization: 1 };
  readonly nemoCtc?: { readonly model: string };
  readonly transducer?: Transducer;
  readonly modelType?: string;
  readonly tokens: string;
}

export interface OfflineConfig {
  readonly featConfig: FeatureConfig;
  readonly modelConfig: OfflineModel & EngineConfig;
  readonly decodingMethod: 'greedy_search';
}

export interface OnlineConfig {
  readonly featConfig: FeatureConfig;
  readonly modelConfig: { readonly transducer: Transducer; readonly tokens: string } & EngineConfig;
  readonly decodingMethod: 'greedy_search';
  readonly enableEndpoint: 0;
}

export interface VadConfig {
  readonly sileroVad: {
    readonly model: string;
    readonly threshold: number;
    readonly minSilenceDuration: number;
    readonly minSpeechDuration: number;
    readonly maxSpeechDuration: number;
    readonly windowSize: number;
  };
  readonly sampleRate: number;
  readonly numThreads: number;
  readonly provider: 'cpu';
  readonly debug: 0;
}

/** Loads the native engine; it takes some 50 ms, so only those pay who use it. */
export function loadSherpa(): Sherpa {
  return createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
}
