import type { SessionId } from '@verbatim/protocol';
import type { DecodeKind } from '@verbatim/streaming';
import type { DecodeRank } from './decode-job.ts';

/**
 * A speculation that waited so long is as urgent as a final: the shortest usual endpoint (0.6 s of silence, 0.2 s of them
 * before the speculation) has passed by then, so its utterance is most likely over and waits for exactly this answer.
 * Units: milliseconds.
 */
export const SPECULATION_IS_FINAL_AFTER_MS = 400;

/** A request and its place in the order. */
export interface Ticket<Job> {
  readonly job: Job;
  readonly sinceMs: number;
  /** Since when it could have had its turn: later than `sinceMs` where an earlier turn brought no answer. Units: milliseconds. */
  readonly readySinceMs: number;
  /** Counts up over all requests: the older of two has the smaller one. */
  readonly order: number;
  /** Fair queueing: the n-th waiting request of one session is in round n, and earlier rounds go first. */
  readonly round: number;
}

export interface NextDecode<Job> {
  readonly ticket: Ticket<Job> | undefined;
  /** Interims that went stale while they waited; their owners must be told. */
  readonly dropped: readonly Job[];
}

/**
 * The order in which sessions get a recogniser: finals before speculations before interims; within a kind round robin over
 * sessions, the oldest first within a round; never two requests of one session at a time. Pure: the time is an argument.
 *
 * Invariant: a request in round r is overtaken only by more urgent kinds and by rounds up to r, so nobody who floods the queue
 * can starve a neighbour.
 */
export interface DecodeQueue<Job extends DecodeRank> {
  /**
   * Puts a request into the queue; returns those that it supersedes: a channel asks for one thing at a time, so a waiting interim
   * or speculation is not wanted any more once the channel asks for something else.
   */
  add(job: Job, nowMs: number): readonly Job[];
  /** Takes the next request out and marks its session busy. */
  next(nowMs: number): NextDecode<Job>;
  /** The session's request is answered: its next one may go. */
  finished(sessionId: SessionId): void;
  /**
   * The request was not answered and takes its old place again, before anything the session asked for later; returns it where it has been
   * superseded meanwhile.
   */
  putBack(ticket: Ticket<Job>, nowMs: number): readonly Job[];
  /** Takes the request out if it still waits: it is not wanted any more. */
  withdraw(job: Job): void;
  /** Forgets the session and everything it waits for. */
  forget(sessionId: SessionId): void;
  readonly size: number;
  /** Since when the final or speculation that has waited longest waits for a turn; `undefined` when none does. Units: milliseconds. */
  readonly oldestUrgentMs: number | undefined;
}

export function createDecodeQueue<Job extends DecodeRank>(): DecodeQueue<Job> {
  return new FairDecodeQueue<Job>();
}

class FairDecodeQueue<Job extends DecodeRank> implements DecodeQueue<Job> {
  readonly #tickets = new Set<Ticket<Job>>();
  readonly #busy = new Set<SessionId>();
  /** Per session and kind the round of its newest request. */
  readonly #lastRounds = new Map<SessionId, Partial<Record<DecodeKind, number>>>();
  #currentRound = 0;
  #lastOrder = 0;

  get size(): number {
    return this.#tickets.size;
  }

  get oldestUrgentMs(): number | undefined {
    const since = [...this.#tickets].flatMap(({ job, readySinceMs }) => (job.kind === 'interim' ? [] : [readySinceMs]));
    return since.length === 0 ? undefined : Math.min(...since);
  }

  add(job: Job, nowMs: number): readonly Job[] {
    const superseded = this.#takeOut(
      ({ job: other }) => other.kind !== 'final' && other.sessionId === job.sessionId && other.lane === job.lane,
    );
    this.#lastOrder += 1;
    const round = this.#nextRoundOf(job);
    this.#tickets.add({ job, sinceMs: nowMs, readySinceMs: nowMs, order: this.#lastOrder, round });
    return superseded;
  }

  next(nowMs: number): NextDecode<Job> {
    const dropped = this.#takeOut(({ job, sinceMs }) => job.kind === 'interim' && nowMs - sinceMs > job.staleAfterMs);
    let best: Ticket<Job> | undefined;
    for (const ticket of this.#tickets) {
      if (this.#busy.has(ticket.job.sessionId)) continue;
      if (best === undefined || isBefore(ticket, best, nowMs)) best = ticket;
    }
    if (best !== undefined) {
      this.#tickets.delete(best);
      this.#busy.add(best.job.sessionId);
      this.#currentRound = Math.max(this.#currentRound, best.round);
    }
    return { ticket: best, dropped };
  }

  finished(sessionId: SessionId): void {
    this.#busy.delete(sessionId);
  }

  putBack(ticket: Ticket<Job>, nowMs: number): readonly Job[] {
    const { job } = ticket;
    this.#busy.delete(job.sessionId);
    const isOfChannel = ({ job: other }: Ticket<Job>) => other.sessionId === job.sessionId && other.lane === job.lane;
    if (job.kind !== 'final' && [...this.#tickets].some(isOfChannel)) return [job];
    this.#tickets.add({ ...ticket, readySinceMs: nowMs });
    return [];
  }

  withdraw(job: Job): void {
    this.#takeOut((ticket) => ticket.job === job);
  }

  forget(sessionId: SessionId): void {
    this.#takeOut(({ job }) => job.sessionId === sessionId);
    this.#busy.delete(sessionId);
    this.#lastRounds.delete(sessionId);
  }

  #nextRoundOf({ sessionId, kind }: Job): number {
    const rounds = this.#lastRounds.get(sessionId) ?? {};
    const round = Math.max(this.#currentRound, (rounds[kind] ?? -1) + 1);
    this.#lastRounds.set(sessionId, { ...rounds, [kind]: round });
    return round;
  }

  #takeOut(isWanted: (ticket: Ticket<Job>) => boolean): Job[] {
    const taken = [...this.#tickets].filter(isWanted);
    for (const ticket of taken) this.#tickets.delete(ticket);
    return taken.map((ticket) => ticket.job);
  }
}

function isBefore(ticket: Ticket<DecodeRank>, other: Ticket<DecodeRank>, nowMs: number): boolean {
  const urgency = urgencyOf(ticket, nowMs) - urgencyOf(other, nowMs);
  if (urgency !== 0) return urgency < 0;
  return ticket.round === other.round ? ticket.order < other.order : ticket.round < other.round;
}

function urgencyOf({ job, sinceMs }: Ticket<DecodeRank>, nowMs: number): number {
  switch (job.kind) {
    case 'final':
      return 0;
    case 'speculative':
      return nowMs - sinceMs >= SPECULATION_IS_FINAL_AFTER_MS ? 0 : 1;
    case 'interim':
      return 2;
  }
}
