import type { SessionId } from '@verbatim/protocol';
import type { RecognizerError } from '@verbatim/recognizers';
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
  /** The recogniser is out of order; the request stays and is tried again after `delayMs`. */
  onRetry(error: RecognizerError, delayMs: number): void;
  /** Trying again is useless. */
  onFailed(error: unknown): void;
}
