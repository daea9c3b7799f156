import type { DecodeRequest, Recognition, WindowedRecognizer } from '../recognizer.ts';
import { createDecodeSlots } from './decode-slots.ts';
import { offlineConfig, traitsOf } from './engine-config.ts';
import { modelError } from './model-check.ts';
import type { LocalModel } from './open-model.ts';
import type { OfflineRecognizer, Sherpa, SherpaResult } from './sherpa.ts';
import { assertServed, spokenLanguage } from './spoken-language.ts';
import { wordsOf } from './token-words.ts';

const SAMPLE_RATE_HZ = 16_000;
/** Below 0.1 s there is no word, and the engine's convolutions fail on a few samples. Units: samples. */
const SHORTEST_DECODE_SAMPLES = 1600;

/** What is decided once per process. */
export interface EngineOptions {
  /** Threads per decode. */
  readonly threads: number;
  /** Decodes side by side. */
  readonly concurrency: number;
}

/**
 * Loads a windowed model: one recogniser shared by all decodes, `concurrency` of them in flight.
 *
 * @throws RecognizerError if the engine refuses the model.
 */
export async function loadWindowed(
  sherpa: Sherpa,
  model: LocalModel,
  options: EngineOptions,
): Promise<WindowedRecognizer> {
  const engine = await sherpa.OfflineRecognizer.createAsync(offlineConfig(model, options.threads)).catch(
    (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw modelError(`The speech engine refuses the model ${model.name} (${reason})`, cause);
    },
  );
  const slots = createDecodeSlots(options.concurrency);
  return {
    name: `local:${model.name}`,
    capabilities: {
      kind: 'windowed',
      languages: model.languages,
      hasConfidence: false,
      voiceActivity: 'speech',
      concurrency: options.concurrency,
      requestsPerAudioSecond: 0,
      ...traitsOf(model.kind),
    },
    // Async, so that a refused language is a rejection like any other failure.
    async decode({ samples, language, signal }: DecodeRequest) {
      assertServed(language, model.languages, model.name);
      return slots.run(() => decodeOnce(engine, model, { samples, language }), signal);
    },
    close: () => slots.close(),
  };
}

async function decodeOnce(
  engine: OfflineRecognizer,
  model: LocalModel,
  { samples, language }: Pick<DecodeRequest, 'samples' | 'language'>,
): Promise<Recognition> {
  if (samples.length < SHORTEST_DECODE_SAMPLES) return toRecognition({ text: '' }, model, { samples, language });
  const stream = engine.createStream();
  stream.acceptWaveform({ samples, sampleRate: SAMPLE_RATE_HZ });
  return toRecognition(await engine.decodeAsync(stream), model, { samples, language });
}

function toRecognition(
  result: SherpaResult,
  model: LocalModel,
  { samples, language }: Pick<DecodeRequest, 'samples' | 'language'>,
): Recognition {
  const words = wordsOf(result, samples.length);
  return {
    text: result.text.trim(),
    ...(words && { words }),
    // sherpa-onnx gives no calibrated probability for any of these models.
    confidence: null,
    language: spokenLanguage(result.lang, language, model.languages),
    ...(result.tokens && { tokenCount: result.tokens.length }),
  };
}
