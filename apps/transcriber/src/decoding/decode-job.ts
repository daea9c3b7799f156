import type { SessionId } from '@verbatim/protocol';
import type { DecodeKind } from '@verbatim/streaming';

/** What the scheduler must know to rank one request, apart from how to run it. */
export interface DecodeRank {
  readonly sessionId: SessionId;
  /** Channel of the session: a request is superseded by a newer one of its own channel only. */
  readonly lane: number;
  readonly kind: DecodeKind;
  /** An interim that waited longer is dropped. Units: milliseconds. */
  readonly staleAfterMs: number;
}

/** One request to a recogniser; exactly one of the `on…` functions ends it, unless its session is forgotten first. */
export interface DecodeJob<Answer> extends DecodeRank {
  /** Called when its turn has come: takes the samples only now, so that a waiting request holds no copy of them. */
  run(signal: AbortSignal): Promise<Answer>;
  onDone(answer: Answer): void;
  /** Superseded, or an interim that went stale or failed: there will be no answer. */
  onDropped(): void;
  /**
   * The call failed for the `attempt`-th time; its owner decides. Answers after how long it is asked again, in milliseconds; `undefined` when
   * the owner has dealt with it otherwise: an interim is dropped then.
   */
  onFailing(error: unknown, attempt: number): number | undefined;
}
