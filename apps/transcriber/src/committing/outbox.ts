import type { CommitRequest, CommitResult, DurableMessage } from '@verbatim/backbone';
import { SttError, type Fence, type Seq, type SessionId } from '@verbatim/protocol';
import { releaseBeforeSample, type LaneCheckpoint, type SessionCheckpoint } from './session-checkpoint.ts';

/** Messages of one commit: a script call stays short however far a session has fallen behind. */
const BATCH_MESSAGES = 64;

/** A commit that only releases audio may wait: it frees memory in Redis and nobody looks at it. Units: milliseconds. */
export const RELEASE_EVERY_MS = 1000;

/** First pause after Redis did not answer, then doubled up to the longest. Units: milliseconds. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** Builds the wire JSON once the message's number is known. */
export type BuildMessage = (seq: Seq) => string;

/** Something to commit: a lane's new checkpoint and, for a final, the message that belongs to it. */
export interface OutboxItem {
  readonly lane: number;
  readonly checkpoint: LaneCheckpoint;
  readonly message?: BuildMessage;
}

export interface OutboxOptions {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  readonly lastSeq: Seq;
  readonly checkpoint: SessionCheckpoint;
  readonly commit: (request: CommitRequest) => Promise<CommitResult>;
  /** Whether the same call may succeed later: Redis is away. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Calls back after a delay; returns a function that calls it off. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** Somebody else owns the session: nothing was written, nothing more will be. Told even after `stop`. */
  readonly onFenced: () => void;
  /** A failover took commits back that had been acknowledged: nothing was written, nothing more will be. */
  readonly onRolledBack: () => void;
  /** `session_ended` is in the log. */
  readonly onEnded: () => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * One session's way to the log: in order, one commit in flight, what waits meanwhile goes together in the next.
 *
 * Invariant: a commit carries exactly the checkpoint that belongs to its last item, so what a checkpoint says was emitted is in
 * the log, and the other way round.
 */
export interface Outbox {
  add(item: OutboxItem): void;
  /** After everything added so far: the last message, with which the session is over. Asked for only when its turn has come. */
  end(build: () => Promise<BuildMessage>): void;
  /** Number of the last durable message in the log; a commit that was sent counts: what is published now arrives behind it. */
  readonly lastSeq: Seq;
  /** What belongs to the last commit that was begun: once {@link drained}, where another recogniser goes on. */
  readonly checkpoint: SessionCheckpoint;
  /** Resolves when nothing waits and nothing is in flight, or when the outbox is stopped. */
  drained(): Promise<void>;
  /** Commits nothing more; a commit in flight is not taken back. */
  stop(): void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  return new OrderedOutbox(options);
}

/** The same call may succeed later, unchanged. */
export function isStorageAway(error: unknown): boolean {
  return error instanceof SttError && error.code === 'storage_unavailable';
}

class OrderedOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting: OutboxItem[] = [];
  readonly #drainWaiters: (() => void)[] = [];
  #checkpoint: SessionCheckpoint;
  #lastSeq: Seq;
  /** Where the log ends once the commit that was just sent has arrived. */
  #seqUnderWay: Seq | undefined;
  #buildEnding: (() => Promise<BuildMessage>) | undefined;
  #isBusy = false;
  #isStopped = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#checkpoint = options.checkpoint;
    this.#lastSeq = options.lastSeq;
  }

  get lastSeq(): Seq {
    return this.#seqUnderWay ?? this.#lastSeq;
  }

  get checkpoint(): SessionCheckpoint {
    return this.#checkpoint;
  }

  add(item: OutboxItem): void {
    if (this.#isStopped) return;
    this.#waiting.push(item);
    this.#kick();
  }

  end(build: () => Promise<BuildMessage>): void {
    this.#buildEnding = build;
    this.#kick();
  }

  drained(): Promise<void> {
    if (this.#isStopped || (!this.#isBusy && this.#waiting.length === 0)) return Promise.resolve();
    const drained = new Promise<void>((resolve) => this.#drainWaiters.push(resolve));
    this.#kick();
    return drained;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#waiting.length = 0;
    this.#settle();
  }

  /** Starts a commit when one is due: at once for a message or when somebody waits, in a while for a bare release. */
  #kick(): void {
    if (this.#isBusy || this.#isStopped) return;
    const isUrgent = this.#drainWaiters.length > 0 || this.#waiting.some((item) => item.message !== undefined);
    if (this.#buildEnding !== undefined || (isUrgent && this.#waiting.length > 0)) this.#start();
    else if (this.#waiting.length === 0) this.#settle();
    else this.#cancelTimer ??= this.#options.after(RELEASE_EVERY_MS, () => this.#start());
  }

  #start(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isBusy || this.#isStopped) return;
    this.#isBusy = true;
    // One microtask later: all effects of one policy step travel together.
    void Promise.resolve()
      .then(() => this.#commitNext())
      .catch((error: unknown) => this.#options.onFailed(error));
  }

  async #commitNext(): Promise<void> {
    const request = this.#waiting.length > 0 ? this.#takeBatch() : await this.#takeEnding();
    if (request === undefined) return;
    const result = await this.#insist(() => this.#send(request));
    this.#isBusy = false;
    if (result === undefined) return;
    if (result !== 'committed') {
      this.stop();
      return result === 'fenced' ? this.#options.onFenced() : this.#options.onRolledBack();
    }
    this.#lastSeq = request.messages.at(-1)?.seq ?? this.#lastSeq;
    if (!request.endsSession) return this.#kick();
    this.stop();
    this.#options.onEnded();
  }

  async #send(request: CommitRequest): Promise<CommitResult> {
    this.#seqUnderWay = request.messages.at(-1)?.seq;
    try {
      return await this.#options.commit(request);
    } finally {
      this.#seqUnderWay = undefined;
    }
  }

  #takeBatch(): CommitRequest {
    const items = this.#waiting.splice(0, BATCH_MESSAGES);
    const lanes = [...this.#checkpoint.lanes];
    for (const item of items) lanes[item.lane] = item.checkpoint;
    this.#checkpoint = { v: 1, lanes };
    const builders = items.flatMap((item) => (item.message === undefined ? [] : [item.message]));
    return this.#requestFor(builders, false);
  }

  async #takeEnding(): Promise<CommitRequest | undefined> {
    const prepare = this.#buildEnding;
    if (prepare === undefined) return undefined;
    const build = await this.#insist(prepare);
    return build === undefined ? undefined : this.#requestFor([build], true);
  }

  #requestFor(builders: readonly BuildMessage[], endsSession: boolean): CommitRequest {
    const messages = builders.map((build, index): DurableMessage => {
      const seq = (this.#lastSeq + 1 + index) as Seq;
      return { seq, json: build(seq) };
    });
    return {
      sessionId: this.#options.sessionId,
      fence: this.#options.fence,
      afterSeq: this.#lastSeq,
      messages,
      checkpoint: JSON.stringify(this.#checkpoint),
      releaseBeforeSample: releaseBeforeSample(this.#checkpoint),
      endsSession,
    };
  }

  /**
   * Repeats the same call, a commit byte for byte, until Redis answers; `undefined` once stopped. A commit whose answer was lost
   * may be repeated: its numbers are in the log already, and the script says so instead of writing them again.
   */
  async #insist<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(LONGEST_RETRY_MS, delayMs * 2)) {
      try {
        return await call();
      } catch (error) {
        if (!this.#options.isRetryable(error)) throw error;
      }
      if (this.#isStopped) return undefined;
      await new Promise<void>((resolve) => this.#options.after(delayMs, resolve));
      if (this.#isStopped) return undefined;
    }
  }

  #settle(): void {
    for (const resolve of this.#drainWaiters.splice(0)) resolve();
  }
}
