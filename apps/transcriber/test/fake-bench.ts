import type { ProviderName } from '@verbatim/protocol';
import { createLevelPool, type Recognition, type Recognizer } from '@verbatim/recognizers';
import type { FakeClock } from '@verbatim/testing';
import { createDecodeScheduler, type DecodeObserver } from '../src/decoding/decode-scheduler.ts';
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
  const { recognizer, clock, name = 'ledger', concurrency = 4, onTurn } = options;
  const health = createProviderHealth({ name, capabilities: recognizer.capabilities, nowMs: () => clock.nowMs() });
  const scheduler = createDecodeScheduler<Recognition>({
    ...{ ...clock, concurrency },
    observer: {
      onTurn(turn) {
        health.asked();
        onTurn?.(turn);
      },
      onAnswered: ({ error }) => health.answered(error),
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
  onFailed: () => undefined,
  onDecided: () => undefined,
  onLag: () => undefined,
};
