import type { VoiceActivityDetector } from '@verbatim/recognizers';
import type { SpeechWindow } from '@verbatim/streaming';

/** Cuts the stream of frames into the detector's own windows; what is left of a frame belongs to the next window. */
export interface VoiceWindows {
  accept(frame: Float32Array, endSample: number): readonly SpeechWindow[];
  /** The next frame begins a fresh window, judged as the first one. */
  reset(): void;
}

export function createVoiceWindows(detector: VoiceActivityDetector): VoiceWindows {
  let carried = new Float32Array(0);
  return {
    accept(frame, endSample) {
      const joined = new Float32Array(carried.length + frame.length);
      joined.set(carried);
      joined.set(frame, carried.length);
      const startSample = endSample - joined.length;
      const windows: SpeechWindow[] = [];
      let used = 0;
      while (joined.length - used >= detector.windowSamples) {
        const isSpeech = detector.accept(joined.subarray(used, used + detector.windowSamples));
        used += detector.windowSamples;
        windows.push({ endSample: startSample + used, isSpeech });
      }
      carried = joined.slice(used);
      return windows;
    },
    reset() {
      carried = new Float32Array(0);
      detector.reset();
    },
  };
}
