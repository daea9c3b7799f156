import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { OpenSessionConfig } from '@verbatim/protocol';
import type { DetectorPool, RecognizerCapabilities } from '@verbatim/recognizers';
import type { PolicyOptions } from '@verbatim/streaming';
import { toSamples } from '../messages/milliseconds.ts';

/** Longest utterance before it is split: attention recognisers begin to loop beyond some 20 s. Units: samples. */
const HARD_MAX_SAMPLES = 15 * PIPELINE_SAMPLE_RATE_HZ;

/** What the client asked for and what the recogniser can do, as the policy understands it. */
export function policyOptionsFor(
  config: OpenSessionConfig,
  capabilities: RecognizerCapabilities,
  detectors: Pick<DetectorPool, 'lagSamples'>,
): PolicyOptions {
  return {
    recognizer: capabilities.kind,
    interimResults: config.interim_results,
    interimCadenceSamples: toSamples(config.buffer_ms),
    overlapSamples: toSamples(config.overlap_ms),
    endpointingSamples: toSamples(config.endpointing_ms),
    detectorLagSamples: detectors.lagSamples,
    tokensPerSecondLimit: capabilities.tokensPerSecondLimit,
    hardMaxSamples: Math.min(HARD_MAX_SAMPLES, capabilities.longestWindowSamples),
  };
}
