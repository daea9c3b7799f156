import type { PolicyOptions } from './policy-options.ts';

/**
 * The options that were measured best for the local recogniser behind Silero, with the wire's defaults for what a client may
 * choose.
 *
 * Units: samples at 16 kHz. A cadence of 8000 (0.5 s) shows words 0.2–0.3 s sooner for about 1.6 times the decoding.
 */
export const recommendedOptions: PolicyOptions = {
  recognizer: 'windowed',
  interimResults: true,
  // 1 s (`buffer_ms`): half the decoding of 0.5 s, and a third of the changed words.
  interimCadenceSamples: 16_000,
  // 0.2 s (`overlap_ms`), 0.1 s on each side of a forced split.
  overlapSamples: 3_200,
  // 0.6 s (`endpointing_ms`).
  endpointingSamples: 9_600,
  // 96 ms: three Silero windows of 512 samples.
  detectorLagSamples: 1_536,
  // Moonshine stops after six tokens for each second of audio.
  tokensPerSecondLimit: 6,
  // 15 s: whole decodes of more than 25 s loop, and the cost of interims grows with the window.
  hardMaxSamples: 240_000,
};
