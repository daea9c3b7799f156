import type { ClaimedSession, TranscriberSide } from '@verbatim/backbone';
import type { ProviderName } from '@verbatim/protocol';
import type { DetectorPool, Recognition, Recognizer, RecognizerFailure } from '@verbatim/recognizers';
import type { DecodeScheduler } from '../decoding/decode-scheduler.ts';
import type { ProviderHedge } from '../failover/hedged-decodes.ts';
import type { ProviderHealth } from '../failover/provider-health.ts';

/** What a provider's sessions share. */
export interface ProviderBench {
  readonly name: ProviderName;
  readonly health: ProviderHealth;
  readonly recognizer: Recognizer;
  readonly detectors: DetectorPool;
  readonly scheduler: DecodeScheduler<Recognition>;
}

export interface ProviderChange {
  readonly from: ProviderName;
  readonly to: ProviderName;
  readonly failure: RecognizerFailure | undefined;
}

/** What a session tells its process; how it ended, exactly once. */
export interface SessionListener {
  /** There is something to do: `work` wants to be called. */
  onWork(): void;
  onEnded(): void;
  /** Somebody else owns the session. */
  onFenced(): void;
  /** A failover took back what was committed: the session must be claimed again, from the checkpoint that Redis holds now. */
  onRolledBack(): void;
  /** It goes on with another recogniser; because of a failure, or without one back to a recogniser that is well again. */
  onSwitched(change: ProviderChange): void;
  /** Another recogniser was asked as well, or answered first; the session stays with the one it has. */
  onHedged(hedge: ProviderHedge): void;
  /** A defect or an answer that trying again will not mend. */
  onFailed(error: unknown): void;
  /** Audio was decided. Units: samples. */
  onDecided(samples: number): void;
  /** How late the text is, measured twice a second. Units: milliseconds. */
  onLag(lagMs: number): void;
}

export interface SessionOptions {
  readonly claimed: ClaimedSession;
  /** The recognisers that may serve it here, the preferred one first; never empty. */
  readonly benches: readonly ProviderBench[];
  /** A final without an answer for so long is also asked of the next recogniser; 0 for never. Units: milliseconds. */
  readonly hedgeAfterMs: number;
  readonly backbone: Pick<TranscriberSide, 'commit' | 'publish' | 'readLog' | 'release'>;
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** Wall clock. Units: milliseconds since 1970. */
  readonly wallMs: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly listener: SessionListener;
}
