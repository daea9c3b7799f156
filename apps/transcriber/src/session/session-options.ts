import type { ClaimedSession, TranscriberSide } from '@verbatim/backbone';
import type { DetectorPool, Recognition, Recognizer } from '@verbatim/recognizers';
import type { DecodeScheduler } from '../decoding/decode-scheduler.ts';

/** What a provider's sessions share. */
export interface ProviderBench {
  readonly recognizer: Recognizer;
  readonly detectors: DetectorPool;
  readonly scheduler: DecodeScheduler<Recognition>;
}

/** How a session ended for this process; exactly one of them is told, once. */
export interface SessionListener {
  /** There is something to do: `work` wants to be called. */
  onWork(): void;
  onEnded(): void;
  /** Somebody else owns the session. */
  onFenced(): void;
  /** A failover took back what was committed: the session must be claimed again, from the checkpoint that Redis holds now. */
  onRolledBack(): void;
  /** A defect or an answer that trying again will not mend. */
  onFailed(error: unknown): void;
  /** Audio was decided. Units: samples. */
  onDecided(samples: number): void;
  /** How late the text is, measured twice a second. Units: milliseconds. */
  onLag(lagMs: number): void;
}

export interface SessionOptions {
  readonly claimed: ClaimedSession;
  readonly provider: ProviderBench;
  readonly backbone: Pick<TranscriberSide, 'commit' | 'publish' | 'readLog' | 'release'>;
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** Wall clock. Units: milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly listener: SessionListener;
}
