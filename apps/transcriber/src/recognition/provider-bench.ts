import type { ProviderName } from '@verbatim/protocol';
import {
  createLedgerRecognizer,
  createLevelPool,
  createLocalRecognizer,
  createSileroPool,
  type DetectorPool,
  type Recognition,
  type Recognizer,
  type RecognizerCapabilities,
} from '@verbatim/recognizers';
import type { ServedProvider, TranscriberConfig } from '../config.ts';
import { createDecodeScheduler } from '../decoding/decode-scheduler.ts';
import { createProviderStatus, type ProviderStatus } from '../presence/provider-status.ts';
import type { LoadMeter } from '../presence/load-meter.ts';
import type { StatsCounter } from '../presence/stats-counter.ts';
import type { ProviderBench } from '../session/session-options.ts';
import { after } from '../timers.ts';

/** Detectors built at the start: each blocks the event loop for some 50 ms, which a session's first second should not. */
const PREPARED_DETECTORS = 8;

export type BenchConfig = Pick<
  TranscriberConfig,
  'localModelFolder' | 'vadModelFile' | 'capacity' | 'decodeConcurrency'
>;

/** Where a recogniser's calls are counted. */
export interface BenchMeters {
  readonly stats: StatsCounter;
  readonly load: Pick<LoadMeter, 'turnTaken'>;
}

/** A recogniser of this process, with what its sessions share and what the fleet is told of it. */
export interface OfferedProvider extends ProviderBench {
  readonly name: ProviderName;
  readonly status: ProviderStatus;
}

/**
 * Loads a provider's recogniser and the detector it wants.
 * @throws RecognizerError when a model is missing or damaged
 */
export async function openProvider(
  name: ServedProvider,
  config: BenchConfig,
  { stats, load }: BenchMeters,
): Promise<OfferedProvider> {
  const recognizer = countingDecodes(await openRecognizer(name, config), (samples) =>
    stats.add(`decoded_samples:${name}`, samples),
  );
  const detectors = await openDetectors(recognizer.capabilities, config);
  const status = createProviderStatus(name, recognizer.capabilities);
  const scheduler = createDecodeScheduler<Recognition>({
    concurrency: config.decodeConcurrency ?? recognizer.capabilities.concurrency,
    nowMs: () => performance.now(),
    random: Math.random,
    after,
    observer: {
      onTurn({ kind, waitedMs }) {
        if (kind !== 'interim') load.turnTaken(waitedMs);
      },
      onAnswered({ isError, latencyMs }) {
        status.answered(isError);
        stats.add(`requests:${name}`, 1);
        stats.add(`errors:${name}`, isError ? 1 : 0);
        stats.add(`latency_ms_sum:${name}`, latencyMs);
      },
      onDropped: () => stats.add('dropped_interims', 1),
    },
  });
  return { name, recognizer, detectors, scheduler, status };
}

/** Tells how much audio is handed to the recogniser: with the requests, what its work is compared by. */
function countingDecodes(recognizer: Recognizer, onDecode: (samples: number) => void): Recognizer {
  if (!('decode' in recognizer)) return recognizer;
  return {
    ...recognizer,
    decode(request) {
      onDecode(request.samples.length);
      return recognizer.decode(request);
    },
  };
}

function openRecognizer(name: ServedProvider, config: BenchConfig): Recognizer | Promise<Recognizer> {
  switch (name) {
    case 'local':
      return createLocalRecognizer({
        modelFolder: config.localModelFolder,
        ...(config.decodeConcurrency === undefined ? {} : { concurrency: config.decodeConcurrency }),
      });
    case 'ledger':
      return createLedgerRecognizer({ kind: 'windowed' });
  }
}

function openDetectors(
  capabilities: RecognizerCapabilities,
  config: BenchConfig,
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
