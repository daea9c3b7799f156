import type { SessionId } from '@verbatim/protocol';
import type { DecodeKind } from '@verbatim/streaming';
import type { DecodeJob } from './decode-job.ts';
import { createDecodeQueue, type Ticket } from './decode-queue.ts';

export interface DecodeObserver {
  /** A request got its turn. Units: milliseconds. */
  onTurn(turn: { readonly kind: DecodeKind; readonly waitedMs: number }): void;
  /** A request was superseded or went stale while it waited. */
  onDropped(): void;
}

export interface DecodeSchedulerOptions {
  /** Calls to the recogniser that run side by side. */
  readonly concurrency: number;
  readonly nowMs: () => number;
  /** Calls back after a delay; returns a function that calls it off. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly observer: DecodeObserver;
}

/** Shares one recogniser among sessions. */
export interface DecodeScheduler<Answer> {
  /** The job's `on…` functions must not throw. */
  submit(job: DecodeJob<Answer>): void;
  /** Drops everything of the session without an answer, and aborts what runs. */
  forget(sessionId: SessionId): void;
  /** The same for one request, which is answered elsewhere: its session's next one may go. Does nothing when it is over. */
  withdraw(job: DecodeJob<Answer>): void;
  /** Requests that wait. */
  readonly waiting: number;
  /** The longest that a final or speculation has waited for a turn, tries before it not counted; 0 when none waits. Units: milliseconds. */
  readonly oldestUrgentWaitMs: number;
}

/** A request that has its turn: runs, or pauses before its next try. Its session is busy until it ends. */
interface Turn<Answer> {
  readonly ticket: Ticket<DecodeJob<Answer>>;
  readonly abort: AbortController;
  cancelRetry?: () => void;
}

type Outcome<Answer> =
  { readonly type: 'answered'; readonly answer: Answer } | { readonly type: 'failed'; readonly error: unknown };

/**
 * Bound: one running and at most one waiting interim per session and channel. Finals and speculations are not bounded here: the
 * reader stops reading a session that holds too much audio without a final.
 */
export function createDecodeScheduler<Answer>(options: DecodeSchedulerOptions): DecodeScheduler<Answer> {
  return new FairDecodeScheduler<Answer>(options);
}

class FairDecodeScheduler<Answer> implements DecodeScheduler<Answer> {
  readonly #options: DecodeSchedulerOptions;
  readonly #queue = createDecodeQueue<DecodeJob<Answer>>();
  readonly #turns = new Map<SessionId, Turn<Answer>>();
  /** How often a request that is still wanted has failed. */
  readonly #failures = new WeakMap<DecodeJob<Answer>, number>();
  #freeSlots: number;

  constructor(options: DecodeSchedulerOptions) {
    this.#options = options;
    this.#freeSlots = options.concurrency;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get oldestUrgentWaitMs(): number {
    const nowMs = this.#options.nowMs();
    return nowMs - (this.#queue.oldestUrgentMs ?? nowMs);
  }

  submit(job: DecodeJob<Answer>): void {
    this.#drop(this.#queue.add(job, this.#options.nowMs()));
    this.#fill();
  }

  forget(sessionId: SessionId): void {
    const turn = this.#turns.get(sessionId);
    turn?.abort.abort();
    turn?.cancelRetry?.();
    this.#turns.delete(sessionId);
    this.#queue.forget(sessionId);
  }

  withdraw(job: DecodeJob<Answer>): void {
    this.#queue.withdraw(job);
    const turn = this.#turns.get(job.sessionId);
    if (turn?.ticket.job !== job) return;
    turn.abort.abort();
    turn.cancelRetry?.();
    this.#release(job);
    this.#fill();
  }

  #drop(jobs: readonly DecodeJob<Answer>[]): void {
    for (const job of jobs) {
      this.#options.observer.onDropped();
      job.onDropped();
    }
  }

  #fill(): void {
    while (this.#freeSlots > 0) {
      const { ticket, dropped } = this.#queue.next(this.#options.nowMs());
      if (ticket !== undefined) void this.#take(ticket);
      // After the slot is taken: an owner that is told may submit at once, and comes back here.
      this.#drop(dropped);
      if (ticket === undefined) return;
    }
  }

  /** Never rejects: {@link outcomeOf} catches, and the `on…` functions do not throw. */
  async #take(ticket: Ticket<DecodeJob<Answer>>): Promise<void> {
    const turn: Turn<Answer> = { ticket, abort: new AbortController() };
    this.#turns.set(ticket.job.sessionId, turn);
    this.#freeSlots -= 1;
    const waitedMs = this.#options.nowMs() - ticket.readySinceMs;
    this.#options.observer.onTurn({ kind: ticket.job.kind, waitedMs });
    const outcome = await outcomeOf(ticket.job, turn.abort.signal);
    this.#freeSlots += 1;
    if (!turn.abort.signal.aborted) this.#conclude(turn, outcome);
    this.#fill();
  }

  #conclude(turn: Turn<Answer>, outcome: Outcome<Answer>): void {
    const { job } = turn.ticket;
    if (outcome.type === 'failed') return this.#askOwner(turn, outcome.error);
    this.#release(job);
    job.onDone(outcome.answer);
  }

  /** The slot is free for others during the pause; the session stays busy, so that its finals keep their order. */
  #askOwner(turn: Turn<Answer>, error: unknown): void {
    const { job } = turn.ticket;
    const attempt = (this.#failures.get(job) ?? 0) + 1;
    this.#failures.set(job, attempt);
    const delayMs = job.onFailing(error, attempt);
    // The owner may have forgotten its session just now, or more: its next turn is none of this one's business.
    if (turn.abort.signal.aborted) return;
    if (delayMs === undefined) {
      this.#release(job);
      if (job.kind === 'interim') job.onDropped();
      return;
    }
    turn.cancelRetry = this.#options.after(delayMs, () => {
      this.#turns.delete(job.sessionId);
      this.#drop(this.#queue.putBack(turn.ticket, this.#options.nowMs()));
      this.#fill();
    });
  }

  #release({ sessionId }: DecodeJob<Answer>): void {
    this.#turns.delete(sessionId);
    this.#queue.finished(sessionId);
  }
}

async function outcomeOf<Answer>(job: DecodeJob<Answer>, signal: AbortSignal): Promise<Outcome<Answer>> {
  try {
    return { type: 'answered', answer: await job.run(signal) };
  } catch (error) {
    return { type: 'failed', error };
  }
}
