import {
  createGoogleRecognizer,
  createLedgerRecognizer,
  createLevelPool,
  createLocalRecognizer,
  createSileroPool,
  createWhisperRecognizer,
  type DetectorPool,
  type Recognizer,
  type RecognizerCapabilities,
} from '@verbatim/recognizers';
import type { ProviderName } from '@verbatim/protocol';
import type { TranscriberConfig } from '../config.ts';

/** Detectors built at the start: each blocks the event loop for some 50 ms, which a session's first second should not. */
const PREPARED_DETECTORS = 8;

/** No recogniser is given more than 30 s of audio at a time, and the configured limit is meant for 10 s. */
const LONGEST_RANGE_FACTOR = 3;

/** What opening a recogniser needs of the configuration. */
export type RecognizerConfig = Pick<
  TranscriberConfig,
  | 'localModelFolder'
  | 'vadModelFile'
  | 'voiceActivity'
  | 'capacity'
  | 'decodeConcurrency'
  | 'providerTimeoutMs'
  | 'google'
  | 'whisper'
>;

/**
 * Opens a provider's recogniser. A service on the network is not asked for anything yet: that it is down is no reason not to start.
 * @throws RecognizerError when a model is missing or damaged, or a key or setting is
 */
export function openRecognizer(name: ProviderName, config: RecognizerConfig): Recognizer | Promise<Recognizer> {
  switch (name) {
    case 'local':
      return createLocalRecognizer({ modelFolder: config.localModelFolder, ...concurrencyOf(config) });
    case 'whisper':
      return createWhisperRecognizer({
        ...config.whisper,
        ...serviceOptions(config),
        firstDeltaMs: config.providerTimeoutMs,
      });
    case 'google':
      return createGoogleRecognizer({
        ...config.google,
        ...serviceOptions(config),
        timeoutMs: config.providerTimeoutMs,
      });
    case 'ledger':
      return createLedgerRecognizer({ kind: 'windowed' });
  }
}

/** Opens the detector that the recogniser wants. @throws RecognizerError when its model is missing or damaged */
export function openDetectors(
  capabilities: RecognizerCapabilities,
  config: RecognizerConfig,
): DetectorPool | Promise<DetectorPool> {
  switch (capabilities.voiceActivity) {
    case 'level':
      return createLevelPool();
    case 'speech':
      return createSileroPool({
        modelPath: config.vadModelFile,
        prepared: Math.min(PREPARED_DETECTORS, config.capacity),
        mostIdle: config.capacity,
      });
  }
}

function concurrencyOf({ decodeConcurrency }: RecognizerConfig): { readonly concurrency?: number } {
  return decodeConcurrency === undefined ? {} : { concurrency: decodeConcurrency };
}

/**
 * The time limit around every call is the one that counts; the recogniser's own must not be shorter for a long range. Google's is for its
 * silence, however long the range.
 */
function serviceOptions(config: RecognizerConfig) {
  const { voiceActivity, providerTimeoutMs } = config;
  return { ...concurrencyOf(config), voiceActivity, timeoutMs: LONGEST_RANGE_FACTOR * providerTimeoutMs };
}
