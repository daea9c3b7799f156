import type { ProviderName } from '@verbatim/protocol';
import { createLevelPool, type Recognition, type Recognizer } from '@verbatim/recognizers';
import type { FakeClock } from '@verbatim/testing';
import { createDecodeScheduler, type DecodeObserver } from '../src/decoding/decode-scheduler.ts';
import { observed } from '../src/failover/observed-recognizer.ts';
import { createProviderHealth } from '../src/failover/provider-health.ts';
import type { ProviderBench, SessionListener } from '../src/session/session-options.ts';

export interface FakeBenchOptions {
  readonly recognizer: Recognizer;
  readonly clock: FakeClock;
  readonly name?: ProviderName;
  /** Default 4. */
  readonly concurrency?: number;
  readonly onTurn?: DecodeObserver['onTurn'];
}

/** A provider's bench as a process opens it, in the time of a fake clock. */
export function createFakeBench(options: FakeBenchOptions): ProviderBench {
  const { clock, name = 'ledger', concurrency = 4, onTurn } = options;
  const { capabilities } = options.recognizer;
  const nowMs = (): number => clock.nowMs();
  const health = createProviderHealth({ name, capabilities, nowMs });
  const recognizer = observed(options.recognizer, {
    onAsked: () => health.asked(),
    onAnswered: ({ error, latencyMs }) => health.answered(error, latencyMs),
    nowMs,
  });
  const scheduler = createDecodeScheduler<Recognition>({
    ...{ ...clock, concurrency },
    observer: {
      onTurn: (turn) => onTurn?.(turn),
      onDropped: () => undefined,
    },
  });
  return { name, health, recognizer, detectors: createLevelPool(), scheduler };
}

/** A process that takes no notice of what its session tells. */
export const carelessListener: SessionListener = {
  onWork: () => undefined,
  onEnded: () => undefined,
  onFenced: () => undefined,
  onRolledBack: () => undefined,
  onSwitched: () => undefined,
  onHedged: () => undefined,
  onFailed: () => undefined,
  onDecided: () => undefined,
  onLag: () => undefined,
};
