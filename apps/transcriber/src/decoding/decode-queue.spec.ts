import { describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import type { DecodeKind } from '@verbatim/streaming';
import fc from 'fast-check';
import type { DecodeRank } from './decode-job.ts';
import { createDecodeQueue, SPECULATION_IS_FINAL_AFTER_MS, type DecodeQueue } from './decode-queue.ts';

interface Job extends DecodeRank {
  readonly name: string;
}

const STALE_MS = 1000;

function job(name: string, session: string, kind: DecodeKind, lane = 0): Job {
  return { name, sessionId: session as SessionId, lane, kind, staleAfterMs: STALE_MS };
}

/** Takes everything out, one request after the other. */
function serve(queue: DecodeQueue<Job>, nowMs = 0): string[] {
  const served: string[] = [];
  for (;;) {
    const { ticket } = queue.next(nowMs);
    if (ticket === undefined) return served;
    served.push(ticket.job.name);
    queue.finished(ticket.job.sessionId);
  }
}

describe('the order of decodes', () => {
  it('puts finals before speculations before interims, whatever came first', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('interim', 'a', 'interim'), 0);
    queue.add(job('speculation', 'b', 'speculative'), 0);
    queue.add(job('final', 'c', 'final'), 0);
    expect(serve(queue)).toEqual(['final', 'speculation', 'interim']);
  });

  it('takes the oldest of a kind first', () => {
    const queue = createDecodeQueue<Job>();
    for (const session of ['c', 'a', 'b']) queue.add(job(session, session, 'final'), 0);
    expect(serve(queue)).toEqual(['c', 'a', 'b']);
  });

  it('gives each session a turn before one that floods the queue gets its second', () => {
    const queue = createDecodeQueue<Job>();
    for (const name of ['a1', 'a2', 'a3']) queue.add(job(name, 'a', 'final'), 0);
    queue.add(job('b1', 'b', 'final'), 0);
    queue.add(job('c1', 'c', 'final'), 0);
    expect(serve(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('never has two requests of one session under way', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('a1', 'a', 'final'), 0);
    queue.add(job('a2', 'a', 'final'), 0);
    expect(queue.next(0).ticket?.job.name).toBe('a1');
    expect(queue.next(0).ticket).toBeUndefined();
    queue.finished('a' as SessionId);
    expect(queue.next(0).ticket?.job.name).toBe('a2');
  });

  it('supersedes what a channel waits for when its next request arrives, and nothing of another channel', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('left', 'a', 'interim', 0), 0);
    queue.add(job('right', 'a', 'interim', 1), 0);
    expect(queue.add(job('left final', 'a', 'final', 0), 0).map(({ name }) => name)).toEqual(['left']);
    expect(serve(queue)).toEqual(['left final', 'right']);
    queue.add(job('speculation', 'a', 'speculative'), 0);
    expect(queue.add(job('final', 'a', 'final'), 0).map(({ name }) => name)).toEqual(['speculation']);
    expect(queue.add(job('next interim', 'a', 'interim'), 0)).toEqual([]);
  });

  it('drops interims that waited too long, and nothing else', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('interim', 'a', 'interim'), 0);
    queue.add(job('final', 'b', 'final'), 0);
    expect(queue.next(STALE_MS).dropped).toEqual([]);
    queue.finished('b' as SessionId);
    const { ticket, dropped } = queue.next(STALE_MS + 1);
    expect(ticket).toBeUndefined();
    expect(dropped.map(({ name }) => name)).toEqual(['interim']);
  });

  it('counts a speculation as a final once its endpoint must have passed', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('speculation', 'a', 'speculative'), 0);
    queue.add(job('final', 'b', 'final'), 1);
    expect(serve(queue, SPECULATION_IS_FINAL_AFTER_MS)).toEqual(['speculation', 'final']);
  });

  it('gives a request that was put back its old place', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('a1', 'a', 'final'), 0);
    const { ticket } = queue.next(0);
    queue.add(job('a2', 'a', 'final'), 0);
    if (ticket !== undefined) expect(queue.putBack(ticket, 0)).toEqual([]);
    expect(serve(queue)).toEqual(['a1', 'a2']);
  });

  it.each<[DecodeKind, readonly string[]]>([
    ['interim', ['a1']],
    ['speculative', ['a1']],
    ['final', []],
  ])('does not put back what its channel has superseded meanwhile: %s', (kind, superseded) => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('a1', 'a', kind), 0);
    const { ticket } = queue.next(0);
    queue.add(job('a2', 'a', 'final'), 0);
    queue.add(job('b1', 'b', 'final'), 0);
    const dropped = ticket === undefined ? undefined : queue.putBack(ticket, 0);
    expect(dropped?.map(({ name }) => name)).toEqual(superseded);
  });

  it('knows nothing of a session that was forgotten', () => {
    const queue = createDecodeQueue<Job>();
    queue.add(job('a1', 'a', 'final'), 0);
    queue.add(job('a2', 'a', 'final'), 0);
    queue.next(0);
    queue.forget('a' as SessionId);
    expect(queue.size).toBe(0);
    queue.add(job('again', 'a', 'final'), 0);
    expect(serve(queue)).toEqual(['again']);
  });
});

const KINDS = ['final', 'speculative', 'interim'] as const;
const arbitraryAction = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    session: fc.constantFrom('a', 'b', 'c', 'd'),
    lane: fc.integer({ min: 0, max: 1 }),
    kind: fc.constantFrom<DecodeKind>(...KINDS),
  }),
  fc.record({ do: fc.constant('next' as const) }),
  fc.record({ do: fc.constant('finish' as const), index: fc.nat(10) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 700 }) }),
);

describe('the order of decodes, for any sequence of requests', () => {
  it('answers or drops each request exactly once, drops no final, and keeps the order within a session', () => {
    fc.assert(
      fc.property(fc.array(arbitraryAction, { maxLength: 120 }), (actions) => {
        const run = simulate(actions);
        expect([...run.served, ...run.dropped].map(({ name }) => name).sort()).toEqual(
          run.added.map(({ name }) => name).sort(),
        );
        expect(run.dropped.every(({ kind }) => kind !== 'final')).toBe(true);
        for (const session of ['a', 'b', 'c', 'd']) {
          const finals = (jobs: readonly Job[]) =>
            jobs.filter((each) => each.sessionId === session && each.kind === 'final').map(({ name }) => name);
          expect(finals(run.served)).toEqual(finals(run.added));
        }
      }),
    );
  });

  it('starves nobody: a lone final is overtaken by at most one final of each other session', () => {
    fc.assert(
      fc.property(fc.array(arbitraryAction, { maxLength: 60 }), fc.nat(20), (actions, later) => {
        const { queue } = simulate(actions, false);
        queue.add(job('lone', 'e', 'final'), 0);
        for (let index = 0; index < later; index += 1)
          queue.add(job(`later ${index}`, 'abcd'[index % 4] ?? 'a', 'final'), 0);
        for (const session of 'abcd') queue.finished(session as SessionId);
        const before: string[] = [];
        for (let next = queue.next(0).ticket; next?.job.name !== 'lone'; next = queue.next(0).ticket) {
          if (next === undefined) throw new Error('the lone final was never served');
          before.push(next.job.sessionId);
          queue.finished(next.job.sessionId);
        }
        expect(before.length).toBe(new Set(before).size);
      }),
    );
  });
});

type Action =
  | { do: 'add'; session: string; lane: number; kind: DecodeKind }
  | { do: 'next' }
  | { do: 'finish'; index: number }
  | { do: 'wait'; ms: number };

/** Plays the actions with any number of slots, checks each choice, and at the end serves what is left. */
function simulate(actions: readonly Action[], isServedToTheEnd = true) {
  const queue = createDecodeQueue<Job>();
  const added: Job[] = [];
  const served: Job[] = [];
  const dropped: Job[] = [];
  const running: Job[] = [];
  let nowMs = 0;

  function next(): boolean {
    const step = queue.next(nowMs);
    dropped.push(...step.dropped);
    if (step.ticket === undefined) return false;
    const { job: chosen } = step.ticket;
    expect(running.map(({ sessionId }) => sessionId)).not.toContain(chosen.sessionId);
    const ready = added.filter(
      (each) =>
        !served.includes(each) &&
        !dropped.includes(each) &&
        !running.some((other) => other.sessionId === each.sessionId),
    );
    if (chosen.kind === 'interim') expect(ready.every(({ kind }) => kind === 'interim')).toBe(true);
    served.push(chosen);
    running.push(chosen);
    return true;
  }

  for (const action of actions) {
    if (action.do === 'wait') nowMs += action.ms;
    if (action.do === 'next') next();
    if (action.do === 'finish' && running.length > 0) {
      const [done] = running.splice(action.index % running.length, 1);
      if (done !== undefined) queue.finished(done.sessionId);
    }
    if (action.do === 'add') {
      const request = job(`${action.session}${added.length}`, action.session, action.kind, action.lane);
      dropped.push(...queue.add(request, nowMs));
      added.push(request);
    }
  }
  while (isServedToTheEnd) {
    for (const done of running.splice(0)) queue.finished(done.sessionId);
    if (!next()) break;
  }
  return { queue, added, served, dropped };
}
