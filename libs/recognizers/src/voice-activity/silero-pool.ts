import { dirname } from 'node:path';
import { checkModelFile } from '../local/model-check.ts';
import { loadSherpa, type Sherpa, type Vad, type VadConfig } from '../local/sherpa.ts';
import { trialLoad } from '../local/trial-load.ts';
import type { DetectorPool, VoiceActivityDetector } from '../voice-activity.ts';

const SAMPLE_RATE_HZ = 16_000;
/** What Silero v5 and v6 are trained on. Units: samples at 16 kHz (32 ms). */
const WINDOW_SAMPLES = 512;
/** Measured: speech is reported three windows after it began, and silence three windows after it. */
const LAG_SAMPLES = 3 * WINDOW_SAMPLES;
/** Measured on read, noisy and spontaneous speech; see the streaming policy. */
const DEFAULT_THRESHOLD = 0.4;
/** Short, because the streaming policy does its own smoothing. */
const SHORTEST_TURN_SECONDS = 0.05;
/** Beyond its limit sherpa-onnx silently moves the threshold; speech is flushed long before, so the limit is never met. */
const LONGEST_SPEECH_SECONDS = 3600;
/**
 * sherpa-onnx keeps the audio of a running speech segment, and grows its buffer (with a warning) when that is full. Only the decision
 * is wanted here, so the segment is flushed well before: flushing changes no later decision.
 */
const BUFFER_SECONDS = 6;
const FLUSH_WINDOWS = (4 * SAMPLE_RATE_HZ) / WINDOW_SAMPLES;
/** A detector holds about 9 MB; beyond this many idle ones memory goes back. */
const DEFAULT_MOST_IDLE = 64;

export interface SileroPoolOptions {
  /** The ONNX file of Silero VAD (v6 is what the defaults are measured with). */
  readonly modelPath: string;
  /** Probability above which a window counts as speech. Default 0.40; sensible 0.3 to 0.6. */
  readonly threshold?: number;
  /** Detectors built ahead, because building one blocks the event loop for about 50 ms. Default 1. */
  readonly prepared?: number;
  /** Idle detectors kept for the next session. Default 64, at least `prepared`. */
  readonly mostIdle?: number;
}

/**
 * Opens a pool of Silero detectors.
 *
 * Invariant: a borrowed detector decides as a new one does; what it heard before leaves no trace. Its memory does not grow with the
 * length of the audio.
 * @throws RecognizerError if the file is missing or broken: the native code would end the process on it.
 */
export async function createSileroPool(options: SileroPoolOptions): Promise<DetectorPool> {
  const { modelPath, threshold = DEFAULT_THRESHOLD } = options;
  await checkModelFile(modelPath);
  const config = vadConfig(modelPath, threshold);
  await trialLoad({ what: 'Vad', config }, { folder: dirname(modelPath), shownPath: modelPath });
  const sherpa = loadSherpa();
  const prepared = options.prepared ?? 1;
  const mostIdle = Math.max(options.mostIdle ?? DEFAULT_MOST_IDLE, prepared);
  const idle = Array.from({ length: prepared }, () => createDetector(sherpa, config));
  const lent = new Set<VoiceActivityDetector>();
  return {
    windowSamples: WINDOW_SAMPLES,
    lagSamples: LAG_SAMPLES,
    borrow() {
      const detector = idle.pop() ?? createDetector(sherpa, config);
      lent.add(detector);
      return detector;
    },
    giveBack(detector) {
      // Given back twice, one detector would hear two sessions.
      if (!lent.delete(detector)) return;
      detector.reset();
      if (idle.length < mostIdle) idle.push(detector);
    },
  };
}

function createDetector(sherpa: Sherpa, config: VadConfig): VoiceActivityDetector {
  const vad = new sherpa.Vad(config, BUFFER_SECONDS);
  let speechWindows = 0;
  return {
    windowSamples: WINDOW_SAMPLES,
    lagSamples: LAG_SAMPLES,
    accept(window) {
      vad.acceptWaveform(window);
      const isSpeech = vad.isDetected();
      speechWindows = isSpeech ? speechWindows + 1 : 0;
      if (speechWindows >= FLUSH_WINDOWS) {
        vad.flush();
        speechWindows = 0;
      }
      dropSegments(vad);
      return isSpeech;
    },
    reset() {
      vad.reset();
      speechWindows = 0;
    },
  };
}

/** sherpa-onnx queues the audio of each finished segment for a caller that fetches it. */
function dropSegments(vad: Vad): void {
  while (!vad.isEmpty()) vad.pop();
}

function vadConfig(model: string, threshold: number): VadConfig {
  return {
    sileroVad: {
      model,
      threshold,
      minSilenceDuration: SHORTEST_TURN_SECONDS,
      minSpeechDuration: SHORTEST_TURN_SECONDS,
      maxSpeechDuration: LONGEST_SPEECH_SECONDS,
      windowSize: WINDOW_SAMPLES,
    },
    sampleRate: SAMPLE_RATE_HZ,
    numThreads: 1,
    provider: 'cpu',
    debug: 0,
  };
}
