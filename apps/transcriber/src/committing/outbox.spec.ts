import { describe, expect, it } from '@jest/globals';
import type { CommitRequest, CommitResult } from '@verbatim/backbone';
import { SttError, type Fence, type Seq, type SessionId } from '@verbatim/protocol';
import type { PolicyCheckpoint } from '@verbatim/streaming';
import { createFakeClock } from '@verbatim/testing';
import { createOutbox, RELEASE_EVERY_MS, type OutboxItem } from './outbox.ts';
import { readCheckpoint, type SessionCheckpoint } from './session-checkpoint.ts';

const away = new SttError('storage_unavailable', 'Redis is away');

function policyAt(sample: number): PolicyCheckpoint {
  return {
    version: 1,
    audioFromSample: sample,
    decidedSample: sample,
    flushesAtDecided: 0,
    nextSegmentId: 0,
    policy: {},
  };
}

function final(sample: number, lane = 0): OutboxItem {
  return {
    lane,
    checkpoint: { policy: policyAt(sample), isFinished: false },
    message: (seq) => `final ${sample} as ${seq}`,
  };
}

function release(sample: number, lane = 0): OutboxItem {
  return { lane, checkpoint: { policy: policyAt(sample), isFinished: false } };
}

/** A session's log that answers when the test says so. */
function createLog(channels = 1, lastSeq = 0) {
  const clock = createFakeClock();
  const requests: CommitRequest[] = [];
  const events: string[] = [];
  let answers: { resolve(result: CommitResult): void; reject(error: Error): void }[] = [];
  const outbox = createOutbox({
    sessionId: 's00-1' as SessionId,
    fence: 7 as Fence,
    lastSeq: lastSeq as Seq,
    checkpoint: readCheckpoint(undefined, channels),
    commit: (request) => {
      requests.push(request);
      return new Promise((resolve, reject) => void answers.push({ resolve, reject }));
    },
    isRetryable: (error) => error === away,
    ...clock,
    onFenced: () => void events.push('fenced'),
    onRolledBack: () => void events.push('rolled back'),
    onEnded: () => void events.push('ended'),
    onFailed: () => void events.push('failed'),
  });
  async function answer(result: CommitResult | Error = 'committed'): Promise<void> {
    const [next, ...others] = answers;
    answers = others;
    if (result instanceof Error) next?.reject(result);
    else next?.resolve(result);
    await clock.advance(0);
  }
  return {
    clock,
    requests,
    events,
    outbox,
    answer,
    texts: () => requests.map(({ messages }) => messages.map(({ json }) => json)),
    checkpoints: () => requests.map(({ checkpoint }) => JSON.parse(checkpoint) as SessionCheckpoint),
  };
}

describe('the outbox', () => {
  it('numbers finals on from the last durable message and commits what waited together', async () => {
    const log = createLog(1, 4);
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.add(final(200));
    log.outbox.add(final(300));
    expect(log.texts()).toEqual([['final 100 as 5']]);
    await log.answer();
    expect(log.texts()[1]).toEqual(['final 200 as 6', 'final 300 as 7']);
  });

  it('counts a final as said once it was sent, and not any more when that failed: interims repeat its number', async () => {
    const log = createLog(1, 4);
    log.outbox.add(final(100));
    expect(log.outbox.lastSeq).toBe(4);
    await log.clock.advance(0);
    expect(log.outbox.lastSeq).toBe(5);
    await log.answer(away);
    expect(log.outbox.lastSeq).toBe(4);
    await log.clock.advance(1000);
    await log.answer();
    expect(log.outbox.lastSeq).toBe(5);
  });

  it('commits with each batch the checkpoint of its last item, and never that of a later one', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.add(final(200));
    await log.answer();
    expect(log.checkpoints().map(({ lanes }) => lanes[0]?.policy?.decidedSample)).toEqual([100, 200]);
    expect(log.requests.map(({ releaseBeforeSample }) => releaseBeforeSample)).toEqual([100, 200]);
  });

  it('releases only what no channel needs', async () => {
    const log = createLog(2);
    log.outbox.add(final(500, 0));
    await log.clock.advance(0);
    log.outbox.add(final(300, 1));
    await log.answer();
    expect(log.requests.map(({ releaseBeforeSample }) => releaseBeforeSample)).toEqual([0, 300]);
  });

  it('repeats the very same commit until Redis is back', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    await log.answer(away);
    log.outbox.add(final(200));
    await log.clock.advance(50);
    await log.answer(away);
    await log.clock.advance(100);
    expect(log.requests).toHaveLength(3);
    expect(new Set(log.requests.map((request) => JSON.stringify(request))).size).toBe(1);
    await log.answer();
    expect(log.texts().at(-1)).toEqual(['final 200 as 2']);
  });

  it('writes nothing more once it is fenced', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.add(final(200));
    await log.answer('fenced');
    await log.clock.advance(10_000);
    expect(log.events).toEqual(['fenced']);
    expect(log.requests).toHaveLength(1);
    expect(log.outbox.lastSeq).toBe(0);
  });

  it('writes nothing more once a failover took commits back', async () => {
    const log = createLog(1, 4);
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.add(final(200));
    await log.answer('rolled_back');
    await log.clock.advance(10_000);
    expect(log.events).toEqual(['rolled back']);
    expect(log.requests).toHaveLength(1);
  });

  it('still tells of a fenced write when the session was stopped meanwhile', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.stop();
    await log.answer('fenced');
    expect(log.events).toEqual(['fenced']);
  });

  it('does not try again after it was stopped', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    log.outbox.stop();
    await log.answer(away);
    await log.clock.advance(10_000);
    expect(log.requests).toHaveLength(1);
  });

  it('lets a bare release wait, and sends several as one', async () => {
    const log = createLog();
    log.outbox.add(release(100));
    await log.clock.advance(RELEASE_EVERY_MS / 2);
    log.outbox.add(release(200));
    expect(log.requests).toEqual([]);
    await log.clock.advance(RELEASE_EVERY_MS / 2);
    expect(log.requests.map(({ releaseBeforeSample, messages }) => [releaseBeforeSample, messages])).toEqual([
      [200, []],
    ]);
  });

  it('takes a waiting release along with the next final', async () => {
    const log = createLog();
    log.outbox.add(release(100));
    log.outbox.add(final(200));
    await log.clock.advance(0);
    await log.answer();
    await log.clock.advance(RELEASE_EVERY_MS);
    expect(log.requests).toHaveLength(1);
  });

  it('ends the session after its last final, with a message that is built only then', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    log.outbox.end(() => Promise.resolve((seq) => `ended as ${seq} after ${log.requests.length}`));
    await log.clock.advance(0);
    expect(log.requests.map(({ endsSession }) => endsSession)).toEqual([false]);
    await log.answer();
    expect(log.texts()).toEqual([['final 100 as 1'], ['ended as 2 after 1']]);
    expect(log.requests[1]?.endsSession).toBe(true);
    expect(log.events).toEqual([]);
    await log.answer();
    expect(log.events).toEqual(['ended']);
  });

  it('asks again for the last message when Redis was away', async () => {
    const log = createLog();
    let tries = 0;
    log.outbox.end(() => {
      tries += 1;
      return tries === 1 ? Promise.reject(away) : Promise.resolve(() => 'ended');
    });
    await log.clock.advance(50);
    await log.answer();
    expect(log.events).toEqual(['ended']);
  });

  it('is drained when the last commit is answered, without waiting for a release to fall due', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    let isDrained = false;
    void log.outbox.drained().then(() => (isDrained = true));
    await log.clock.advance(0);
    log.outbox.add(release(200));
    await log.answer();
    expect(isDrained).toBe(false);
    await log.answer();
    expect(isDrained).toBe(true);
  });

  it('is not drained while a commit is under way, though nothing waits', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    let isDrained = false;
    void log.outbox.drained().then(() => (isDrained = true));
    await log.clock.advance(0);
    expect(isDrained).toBe(false);
    await log.answer();
    expect(isDrained).toBe(true);
  });

  it('reports what trying again does not mend', async () => {
    const log = createLog();
    log.outbox.add(final(100));
    await log.clock.advance(0);
    await log.answer(new SttError('internal_error', 'a defect'));
    expect(log.events).toEqual(['failed']);
  });
});
