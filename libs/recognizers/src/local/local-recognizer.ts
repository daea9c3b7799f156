import { availableParallelism } from 'node:os';
import type { Recognizer } from '../recognizer.ts';
import { tryModel } from './examine-model.ts';
import { openModelFolder } from './open-model.ts';
import { loadSherpa } from './sherpa.ts';
import { loadStreaming } from './streaming-recognizer.ts';
import { loadWindowed } from './windowed-recognizer.ts';

export interface LocalRecognizerOptions {
  /** A folder with the files of one sherpa-onnx model; its kind is found out. */
  readonly modelFolder: string;
  /** Threads of one decode. Default 1; more is slower in all (measured: 55 × real time against 32 on two cores). */
  readonly threads?: number;
  /** Decodes side by side. Default: the cores of the machine. */
  readonly concurrency?: number;
  /** BCP-47 base languages to offer instead of those the folder's name tells. */
  readonly languages?: readonly string[];
}

/**
 * Loads the recogniser that runs in this process: any sherpa-onnx model of the kinds Moonshine, Whisper, SenseVoice, NeMo CTC,
 * transducer (Zipformer, Parakeet) as a windowed recogniser, a streaming transducer as a streaming one.
 *
 * @throws RecognizerError that says what is missing or damaged and what to do.
 * @see docs/adr/0004-embedded-recognizer.md
 */
export async function createLocalRecognizer(options: LocalRecognizerOptions): Promise<Recognizer> {
  const found = await openModelFolder(options.modelFolder);
  const model = { ...found, languages: options.languages ?? found.languages };
  const engine = { threads: options.threads ?? 1, concurrency: options.concurrency ?? availableParallelism() };
  await tryModel(model, { folder: options.modelFolder, threads: engine.threads });
  return model.kind === 'streaming-transducer'
    ? loadStreaming(model, engine)
    : loadWindowed(loadSherpa(), model, engine);
}
