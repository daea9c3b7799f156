/** Decides for each window of 16 kHz audio whether somebody speaks. One per channel; not shared. */
export interface VoiceActivityDetector {
  /** Windows handed to `accept` have exactly this many samples. */
  readonly windowSamples: number;
  /** How late the decision comes. Units: samples at 16 kHz. */
  readonly lagSamples: number;
  /** True while speech is detected at the end of this window. */
  accept(window: Float32Array): boolean;
  /** Forgets everything; the next window is judged as a first one. */
  reset(): void;
}

/** Lends detectors, which are costly to build, and takes them back reset. */
export interface DetectorPool {
  readonly windowSamples: number;
  readonly lagSamples: number;
  borrow(): VoiceActivityDetector;
  giveBack(detector: VoiceActivityDetector): void;
}
