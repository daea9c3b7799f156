/** Units: samples at 16 kHz unless the name says otherwise. */
export interface PolicyOptions {
  /** `windowed`: the policy asks for decodes of ranges. `streaming`: the recogniser is fed and makes its own hypotheses. */
  readonly recognizer: 'windowed' | 'streaming';
  readonly interimResults: boolean;
  /** Cadence of interim decoding (`buffer_ms`). */
  readonly interimCadenceSamples: number;
  /** Overlap kept at a forced split, both sides together (`overlap_ms`). */
  readonly overlapSamples: number;
  /** Silence that ends an utterance (`endpointing_ms`). */
  readonly endpointingSamples: number;
  /** How late the voice-activity detector decides: about 96 ms for Silero, 0 for a level detector. */
  readonly detectorLagSamples: number;
  /** Token limit of the recogniser per second of audio, or 0 when it has none. */
  readonly tokensPerSecondLimit: number;
  /** Longest utterance before it is split. 15 s for most models; a recogniser may want less. */
  readonly hardMaxSamples: number;
}
