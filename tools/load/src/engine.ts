import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalRecognizer,
  createSileroPool,
  type DetectorPool,
  type WindowedRecognizer,
} from '@verbatim/recognizers';

/** The same recogniser and detector that the transcriber uses, called without the house around them. */
export interface Engine {
  readonly recognizer: WindowedRecognizer;
  readonly detectors: DetectorPool;
  close(): Promise<void>;
}

export async function openEngine(): Promise<Engine> {
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const models = join(process.env['VERBATIM_CACHE_DIR'] ?? join(caches, 'verbatim'), 'models');
  const modelFolder = process.env['STT_LOCAL_MODEL'] ?? join(models, 'moonshine-tiny-en');
  const modelPath = process.env['STT_VAD_MODEL'] ?? join(models, 'silero-vad', 'silero_vad_v6.onnx');
  const recognizer = await createLocalRecognizer({ modelFolder });
  if (recognizer.capabilities.kind !== 'windowed') {
    throw new Error(`The bench compares with whole-utterance decoding; ${modelFolder} is a streaming model.`);
  }
  const windowed = recognizer as WindowedRecognizer;
  return { recognizer: windowed, detectors: await createSileroPool({ modelPath }), close: () => windowed.close() };
}
