// The port
export {
  RECOGNIZER_FAILURES,
  RecognizerError,
  type DecodeRequest,
  type Recognition,
  type RecognizedSpan,
  type Recognizer,
  type RecognizerCapabilities,
  type RecognizerErrorDetails,
  type RecognizerFailure,
  type RecognizerStream,
  type StreamingRecognizer,
  type WindowedRecognizer,
} from './recognizer.ts';
export type { DetectorPool, VoiceActivityDetector } from './voice-activity.ts';

// The local recogniser: a sherpa-onnx model folder
export { createLocalRecognizer, type LocalRecognizerOptions } from './local/local-recognizer.ts';
export { openModelFolder, type LocalModel } from './local/open-model.ts';
export { checkModelFile } from './local/model-check.ts';
export type { ModelKind } from './local/model-layout.ts';

// Voice activity
export { createSileroPool, type SileroPoolOptions } from './voice-activity/silero-pool.ts';
export { createLevelPool, type LevelPoolOptions } from './voice-activity/level-pool.ts';

// The ledger: synthetic audio that is read back exactly
export { createLedgerRecognizer, type LedgerOptions } from './ledger/ledger-recognizer.ts';
export { LEDGER_FRAME_SAMPLES, ledgerAudio, ledgerFrame, ledgerSilence, ledgerWords } from './ledger/ledger-audio.ts';
