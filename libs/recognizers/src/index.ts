// The port
export {
  RecognizerError,
  type DecodeRequest,
  type Recognition,
  type RecognizedSpan,
  type Recognizer,
  type RecognizerCapabilities,
  type RecognizerStream,
  type StreamingRecognizer,
  type WindowedRecognizer,
} from './recognizer.ts';
export type { DetectorPool, VoiceActivityDetector } from './voice-activity.ts';
