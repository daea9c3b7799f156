import { describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import { RecognizerError } from '@verbatim/recognizers';
import type { DecodeKind } from '@verbatim/streaming';
import { createFakeClock } from '@verbatim/testing';
import type { DecodeJob } from './decode-job.ts';
import { createDecodeScheduler, type DecodeScheduler } from './decode-scheduler.ts';

/** A recogniser under the test's thumb: every call waits to be answered. */
function createBench(concurrency: number) {
  const clock = createFakeClock();
  const calls: { name: string; signal: AbortSignal; answer(text: string): void; fail(error: Error): void }[] = [];
  const events: string[] = [];
  const turns: string[] = [];
  const jobs = new Map<string, DecodeJob<string>>();
  const scheduler: DecodeScheduler<string> = createDecodeScheduler<string>({
    concurrency,
    ...clock,
    observer: {
      onTurn: ({ kind, waitedMs }) => void turns.push(`${kind} after ${waitedMs}`),
      onDropped: () => void events.push('counted as dropped'),
    },
  });
  function job(name: string, session: string, kind: DecodeKind): DecodeJob<string> {
    return {
      sessionId: session as SessionId,
      lane: 0,
      kind,
      staleAfterMs: 1000,
      run: (signal) =>
        new Promise((resolve, reject) => void calls.push({ name, signal, answer: resolve, fail: reject })),
      onDone: (text) => void events.push(`${name}: ${text}`),
      onDropped: () => void events.push(`${name} dropped`),
      onFailing(error, attempt) {
        const delayMs = error instanceof RecognizerError && error.isRetryable ? 250 * attempt : undefined;
        events.push(delayMs === undefined ? `${name} failed` : `${name} again in ${delayMs}`);
        return delayMs;
      },
    };
  }
  return {
    clock,
    calls,
    events,
    turns,
    scheduler,
    submit(name: string, session: string, kind: DecodeKind) {
      const submitted = job(name, session, kind);
      jobs.set(name, submitted);
      scheduler.submit(submitted);
    },
    withdraw(name: string) {
      const known = jobs.get(name);
      if (known !== undefined) scheduler.withdraw(known);
    },
    running: () => calls.map(({ name }) => name),
  };
}

/** Lets every promise that is settled be seen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

const outOfOrder = new RecognizerError('out of order', { failure: 'unavailable' });

describe('the decode scheduler', () => {
  it('asks the recogniser for no more than it can do side by side', async () => {
    const bench = createBench(2);
    for (const session of ['a', 'b', 'c']) bench.submit(session, session, 'final');
    expect(bench.running()).toEqual(['a', 'b']);
    bench.calls[0]?.answer('hello');
    await settle();
    expect(bench.running()).toEqual(['a', 'b', 'c']);
    expect(bench.events).toEqual(['a: hello']);
  });

  it('tells how long each waited for its turn, and the oldest but interims waits', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'speculative');
    bench.submit('b', 'b', 'interim');
    await bench.clock.advance(30);
    expect(bench.scheduler.oldestUrgentWaitMs).toBe(0);
    bench.submit('c', 'c', 'final');
    await bench.clock.advance(20);
    expect(bench.scheduler.oldestUrgentWaitMs).toBe(20);
    bench.calls[0]?.answer('hello');
    await settle();
    bench.calls[1]?.answer('hello');
    await settle();
    expect(bench.turns).toEqual(['speculative after 0', 'final after 20', 'interim after 50']);
    expect(bench.scheduler.oldestUrgentWaitMs).toBe(0);
  });

  it('tries a final again for as long as it takes, and lets others in meanwhile', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.submit('b', 'b', 'final');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    expect(bench.running()).toEqual(['a', 'b']);
    bench.calls[1]?.answer('hello');
    await settle();
    expect(bench.events).toEqual(['a again in 250', 'b: hello']);
    await bench.clock.advance(250);
    await settle();
    bench.calls[2]?.fail(outOfOrder);
    await settle();
    await bench.clock.advance(500);
    await settle();
    bench.calls[3]?.answer('at last');
    await settle();
    expect(bench.events.slice(2)).toEqual(['a again in 500', 'a: at last']);
  });

  it("keeps the order of a session's finals while the first is tried again", async () => {
    const bench = createBench(2);
    bench.submit('a1', 'a', 'final');
    bench.submit('a2', 'a', 'final');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    expect(bench.running()).toEqual(['a1']);
    await bench.clock.advance(250);
    await settle();
    expect(bench.running()).toEqual(['a1', 'a1']);
  });

  it('does not exceed its concurrency when a retry falls due while all slots are taken', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    bench.submit('b', 'b', 'final');
    await bench.clock.advance(250);
    await settle();
    expect(bench.running()).toEqual(['a', 'b']);
    bench.calls[1]?.answer('hello');
    await settle();
    expect(bench.running()).toEqual(['a', 'b', 'a']);
  });

  it('drops an interim that its owner does not want to try again', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'interim');
    bench.calls[0]?.fail(new RecognizerError('no such language', { failure: 'bad_request' }));
    await settle();
    expect(bench.events).toEqual(['a failed', 'a dropped']);
    await bench.clock.advance(250);
    expect(bench.running()).toEqual(['a']);
  });

  it('tries an interim again, unless its channel has asked for something else meanwhile', async () => {
    const bench = createBench(1);
    bench.submit('a1', 'a', 'interim');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    await bench.clock.advance(250);
    expect(bench.running()).toEqual(['a1', 'a1']);
    bench.calls[1]?.fail(outOfOrder);
    await settle();
    bench.submit('a2', 'a', 'final');
    await bench.clock.advance(500);
    expect(bench.running()).toEqual(['a1', 'a1', 'a2']);
    expect(bench.events).toEqual(['a1 again in 250', 'a1 again in 500', 'counted as dropped', 'a1 dropped']);
  });

  it('leaves a failure to its owner, who may not want to try again', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.calls[0]?.fail(new RecognizerError('no such language', { failure: 'bad_request' }));
    await settle();
    expect(bench.events).toEqual(['a failed']);
  });

  it('counts interims that went stale while they waited, and tells their session', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.submit('b', 'b', 'interim');
    await bench.clock.advance(1001);
    bench.calls[0]?.answer('hello');
    await settle();
    expect(bench.events).toEqual(['a: hello', 'counted as dropped', 'b dropped']);
  });

  it('forgets a session: what runs is aborted and answers nobody, what waits is never asked', async () => {
    const bench = createBench(1);
    bench.submit('a1', 'a', 'final');
    bench.submit('a2', 'a', 'final');
    bench.scheduler.forget('a' as SessionId);
    expect(bench.calls[0]?.signal.aborted).toBe(true);
    bench.calls[0]?.fail(new RecognizerError('called off', { failure: 'called_off' }));
    await settle();
    expect(bench.events).toEqual([]);
    expect(bench.running()).toEqual(['a1']);
    bench.submit('b', 'b', 'final');
    expect(bench.running()).toEqual(['a1', 'b']);
  });

  it('withdraws one request whose answer came from elsewhere: its session goes on with the next', async () => {
    const bench = createBench(2);
    bench.submit('a1', 'a', 'final');
    bench.submit('a2', 'a', 'final');
    bench.withdraw('a1');
    expect(bench.calls[0]?.signal.aborted).toBe(true);
    expect(bench.running()).toEqual(['a1', 'a2']);
    bench.calls[0]?.answer('too late');
    await settle();
    // It is over: withdrawing it again must not touch the one that runs now.
    bench.withdraw('a1');
    bench.calls[1]?.answer('hello');
    await settle();
    expect(bench.events).toEqual(['a2: hello']);
  });

  it('withdraws what waits for its turn, or for its next try', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.submit('b', 'b', 'final');
    bench.withdraw('b');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    bench.withdraw('a');
    await bench.clock.advance(60_000);
    expect([bench.running(), bench.scheduler.waiting]).toEqual([['a'], 0]);
  });

  it('does not take the time of a failed try for a wait', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    await bench.clock.advance(10_000);
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    bench.submit('b', 'b', 'final');
    await bench.clock.advance(250);
    expect(bench.scheduler.oldestUrgentWaitMs).toBe(0);
    await bench.clock.advance(30);
    expect(bench.scheduler.oldestUrgentWaitMs).toBe(30);
    bench.calls[1]?.answer('hello');
    await settle();
    expect(bench.turns).toEqual(['final after 0', 'final after 0', 'final after 30']);
  });

  it('lets an owner forget its session in the middle of being told of a failure, and ask elsewhere', async () => {
    const bench = createBench(1);
    const sessionId = 'a' as SessionId;
    bench.scheduler.submit({
      ...{ sessionId, lane: 0, kind: 'final', staleAfterMs: 0 },
      run: () => Promise.reject(outOfOrder),
      onDone: () => undefined,
      onDropped: () => undefined,
      onFailing() {
        bench.scheduler.forget(sessionId);
        bench.submit('again', 'a', 'final');
        return undefined;
      },
    });
    await settle();
    bench.calls[0]?.answer('hello');
    await settle();
    expect(bench.events).toEqual(['again: hello']);
  });

  it('does not wake a forgotten session from the pause before its retry', async () => {
    const bench = createBench(1);
    bench.submit('a', 'a', 'final');
    bench.calls[0]?.fail(outOfOrder);
    await settle();
    bench.scheduler.forget('a' as SessionId);
    await bench.clock.advance(60_000);
    await settle();
    expect(bench.running()).toEqual(['a']);
  });
});
