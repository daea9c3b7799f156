import type { SessionId } from '@verbatim/protocol';

/**
 * Lets the uploads of a session that came to this replica go one after the other: decoding the same chunk twice at the same moment would
 * be right, and for nothing. Other replicas do not know of it. Bounded by the requests that the process lets in.
 */
export class SessionTurns {
  readonly #last = new Map<SessionId, Promise<unknown>>();

  async run<Result>(sessionId: SessionId, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(sessionId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(sessionId, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(sessionId) === mine) this.#last.delete(sessionId);
    }
  }
}
