import { RecognizerError, type Recognition, type RecognizerStream, type StreamingRecognizer } from '../recognizer.ts';
import { onlineConfig, traitsOf } from './engine-config.ts';
import { openOnlineThread, startOnlineWorker, type OnlineEndpoint, type OnlineThread } from './online-thread.ts';
import type { LocalModel } from './open-model.ts';
import type { OnlineConfig, SherpaResult } from './sherpa.ts';
import { assertServed, spokenLanguage } from './spoken-language.ts';
import { wordsOf } from './token-words.ts';
import type { EngineOptions } from './windowed-recognizer.ts';

/**
 * Loads a streaming transducer on as many threads as decodes may run side by side; each thread holds the model once, and each
 * stream stays on the thread it was opened on.
 *
 * @throws RecognizerError if the engine refuses the model.
 */
export async function loadStreaming(
  model: LocalModel,
  options: EngineOptions,
  start: (config: OnlineConfig) => OnlineEndpoint = startOnlineWorker,
): Promise<StreamingRecognizer> {
  const config = onlineConfig(model, options.threads);
  const starting = Array.from({ length: options.concurrency }, () => openOnlineThread(start(config), model.name));
  const threads = await Promise.all(starting);
  let opened = 0;
  return {
    name: `local:${model.name}`,
    capabilities: {
      kind: 'streaming',
      languages: model.languages,
      hasConfidence: false,
      voiceActivity: 'speech',
      concurrency: options.concurrency,
      requestsPerAudioSecond: 0,
      ...traitsOf(model.kind),
    },
    openStream({ language }) {
      assertServed(language, model.languages, model.name);
      opened += 1;
      const thread = threads[opened % threads.length];
      if (!thread) throw new RecognizerError('The recogniser has no thread.', { failure: 'called_off' });
      return openStream({ thread, stream: opened, language, model });
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface StreamOptions {
  readonly thread: OnlineThread;
  readonly stream: number;
  readonly language: string;
  readonly model: LocalModel;
}

function openStream({ thread, stream, language, model }: StreamOptions): RecognizerStream {
  let fedSamples = 0;
  let isOver = false;
  function assertOpen(): void {
    if (isOver) throw new RecognizerError('The stream has ended.', { failure: 'called_off' });
  }
  function toRecognition(result: SherpaResult): Recognition {
    const words = wordsOf(result, fedSamples);
    return {
      text: result.text.trim(),
      ...(words && { words }),
      confidence: null,
      language: spokenLanguage(result.lang, language, model.languages),
      ...(result.tokens && { tokenCount: result.tokens.length }),
    };
  }
  return {
    async feed(samples) {
      assertOpen();
      fedSamples += samples.length;
      return toRecognition(await thread.ask({ kind: 'feed', stream, samples }));
    },
    async finish() {
      assertOpen();
      isOver = true;
      return toRecognition(await thread.ask({ kind: 'finish', stream }));
    },
    abort() {
      if (!isOver) thread.drop(stream);
      isOver = true;
    },
  };
}
