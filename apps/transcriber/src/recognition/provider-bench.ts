import { PROVIDER_COUNTERS, type ProviderName } from '@verbatim/protocol';
import { RecognizerError, type DetectorPool, type Recognition, type Recognizer } from '@verbatim/recognizers';
import { createDecodeScheduler, type DecodeObserver } from '../decoding/decode-scheduler.ts';
import { observed, type CallObserver } from '../failover/observed-recognizer.ts';
import { createProviderHealth, type ProviderHealth } from '../failover/provider-health.ts';
import { wrapRecognizer } from '../failover/wrap-recognizer.ts';
import { withTimeLimit } from '../failover/time-limit.ts';
import type { LoadMeter } from '../presence/load-meter.ts';
import type { StatsCounter } from '../presence/stats-counter.ts';
import type { ProviderBench } from '../session/session-options.ts';
import { after } from '../timers.ts';
import { openDetectors, openRecognizer, type RecognizerConfig } from './open-recognizer.ts';

/** Where a recogniser's calls are counted. */
export interface BenchMeters {
  readonly stats: StatsCounter;
  readonly load: Pick<LoadMeter, 'turnTaken'>;
  /** A breaker opened or closed: the fleet should hear of it before the next heartbeat. */
  readonly onHealthChanged: () => void;
}

/**
 * Loads a provider's recogniser and the detector it wants.
 * @throws RecognizerError when a model is missing or damaged, or a key or setting is
 */
export async function openProvider(
  name: ProviderName,
  config: RecognizerConfig,
  meters: BenchMeters,
): Promise<ProviderBench> {
  const recognizer = await openRecognizer(name, config);
  try {
    const detectors = await openDetectors(recognizer.capabilities, config);
    return benchOf({ name, recognizer, detectors }, config, meters);
  } catch (error) {
    await recognizer.close();
    throw error;
  }
}

interface OpenedParts {
  readonly name: ProviderName;
  readonly recognizer: Recognizer;
  readonly detectors: DetectorPool;
}

/** Each provider has a scheduler of its own: one that hangs holds no slot of another. */
function benchOf(
  { name, recognizer, detectors }: OpenedParts,
  { decodeConcurrency, providerTimeoutMs }: RecognizerConfig,
  meters: BenchMeters,
): ProviderBench {
  const nowMs = (): number => performance.now();
  const { capabilities } = recognizer;
  const health = createProviderHealth({ name, capabilities, nowMs, onChanged: meters.onHealthChanged });
  const scheduler = createDecodeScheduler<Recognition>({
    concurrency: decodeConcurrency ?? capabilities.concurrency,
    nowMs,
    after,
    observer: queueObserverOf(health, meters),
  });
  const counted = countingDecodes(recognizer, (samples) => meters.stats.add(`decoded_samples:${name}`, samples));
  const limited = withTimeLimit(counted, { limitMs: providerTimeoutMs, after });
  return {
    name,
    health,
    recognizer: observed(limited, { ...callObserverOf(name, health, meters), nowMs }),
    detectors,
    scheduler,
  };
}

function callObserverOf(name: ProviderName, health: ProviderHealth, { stats }: BenchMeters): CallObserver {
  return {
    onAsked() {
      health.asked();
      stats.add(PROVIDER_COUNTERS.requests(name), 1);
    },
    onAnswered({ error, latencyMs }) {
      health.answered(error, latencyMs);
      stats.add(PROVIDER_COUNTERS.latencySumMs(name), latencyMs);
      stats.add(PROVIDER_COUNTERS.latencyBucket(name, latencyMs), 1);
      if (error === undefined) return;
      stats.add(PROVIDER_COUNTERS.errors(name), 1);
      stats.add(PROVIDER_COUNTERS.failures(name, error instanceof RecognizerError ? error.failure : 'defect'), 1);
    },
  };
}

function queueObserverOf(health: ProviderHealth, { stats, load }: BenchMeters): DecodeObserver {
  return {
    onTurn({ kind, waitedMs }) {
      // Who waited for a recogniser that is out of order says nothing about this process.
      if (kind !== 'interim' && health.phase === 'closed') load.turnTaken(waitedMs);
    },
    onDropped: () => stats.add('dropped_interims', 1),
  };
}

/** Tells how much audio is handed to the recogniser: with the requests, what its work is compared by. */
function countingDecodes(recognizer: Recognizer, onDecode: (samples: number) => void): Recognizer {
  return wrapRecognizer(recognizer, {
    decode(windowed, request) {
      onDecode(request.samples.length);
      return windowed.decode(request);
    },
    openStream: (streaming, asked) => streaming.openStream(asked),
  });
}
