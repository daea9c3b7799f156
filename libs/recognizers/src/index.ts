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

// The local recogniser: a sherpa-onnx model folder; `/models` has what only looks after such folders
export { createLocalRecognizer, type LocalRecognizerOptions } from './local/local-recognizer.ts';
export { localModelFolder } from './local/model-place.ts';

// Whisper over HTTP: OpenAI, or any server that speaks like it
export { createWhisperRecognizer } from './whisper/whisper-recognizer.ts';
export type { WhisperAnswers, WhisperOptions } from './whisper/whisper-options.ts';

// Google's Speech-to-Text
export { createGoogleRecognizer } from './google/google-recognizer.ts';
export type { GoogleOptions } from './google/google-options.ts';

// Voice activity
export { createSileroPool, type SileroPoolOptions } from './voice-activity/silero-pool.ts';
export { createLevelPool, type LevelPoolOptions } from './voice-activity/level-pool.ts';

// The ledger: synthetic audio that is read back exactly
export { createLedgerRecognizer, type LedgerOptions } from './ledger/ledger-recognizer.ts';
export { LEDGER_FRAME_SAMPLES, ledgerAudio, ledgerFrame, ledgerSilence, ledgerWords } from './ledger/ledger-audio.ts';
