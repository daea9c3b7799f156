import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createQueueConnection } from '@verbatim/backbone';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { openReapQueue, type ReapQueue } from './reap-queue.ts';

const REAP_MS = 200;
const PATIENCE_MS = 500;
const BACK_WITHIN = { timeoutMs: 15_000 };

let redis: PrivateRedis;
let opened: ReapQueue[];
beforeEach(async () => {
  redis = await startRedis();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((queue) => queue.close(0)));
  await redis.stop();
});

/** A queue as a jobs process has it; counts its rounds. */
function open(reap: () => Promise<unknown> = () => Promise.resolve()) {
  const counts = { rounds: 0 };
  const errors: Error[] = [];
  const queue = openReapQueue({
    connect: () => createQueueConnection(redis.url),
    keyPrefix: 'stt',
    reapMs: REAP_MS,
    reap() {
      counts.rounds += 1;
      return reap();
    },
    onError: (error) => errors.push(error),
  });
  opened.push(queue);
  return { queue, counts, errors };
}

describe('the queue of the reaper', () => {
  it('does one round a period, however many processes there are', async () => {
    const processes = [open(), open(), open()];
    const startedMs = performance.now();
    await Promise.all(processes.map(({ queue }) => queue.schedule()));
    const total = () => processes.reduce((sum, { counts }) => sum + counts.rounds, 0);
    await eventually(() => expect(total()).toBeGreaterThanOrEqual(10));
    expect(total()).toBeLessThanOrEqual((performance.now() - startedMs) / REAP_MS + 2);
  });

  it('holds as many keys after many rounds as after a few', async () => {
    const { queue, counts } = open();
    await queue.schedule();
    const client = createQueueConnection(redis.url);
    await eventually(() => expect(counts.rounds).toBeGreaterThanOrEqual(15));
    const early = (await client.keys('*')).length;
    await eventually(() => expect(counts.rounds).toBeGreaterThanOrEqual(30), BACK_WITHIN);
    const keys = await client.keys('*');
    client.disconnect();
    expect(keys.length).toBeLessThanOrEqual(early + 1);
    expect(keys.every((key) => key.startsWith('{stt:jobs}:reap'))).toBe(true);
  });

  it('goes on after a round that failed, and tells of it', async () => {
    const { queue, counts, errors } = open(() => Promise.reject(new Error('its master is down')));
    await queue.schedule();
    await eventually(() => expect(counts.rounds).toBeGreaterThanOrEqual(3));
    expect(errors.map(({ message }) => message)).toContain('its master is down');
    expect(await queue.look()).toEqual({ type: 'answered', isScheduled: true, newestDone: undefined });
  });

  it('sees each finished round, and that the schedule is gone', async () => {
    const { queue } = open();
    const other = open().queue;
    expect(await queue.look()).toMatchObject({ isScheduled: false });
    await queue.schedule();
    const first = await eventually(async () => {
      const look = await other.look();
      if (look.type !== 'answered' || look.newestDone === undefined) throw new Error('nothing is done yet');
      return look.newestDone;
    });
    await eventually(async () => expect(await other.look()).not.toMatchObject({ newestDone: first }));
  });

  it('brings a round back that a wrong clock had put an hour ahead', async () => {
    const { queue, counts } = open();
    const { Queue } = await import('bullmq');
    const connection = createQueueConnection(redis.url);
    const ahead = new Queue('reap', { connection, prefix: '{stt:jobs}' });
    await ahead.upsertJobScheduler('reap', { every: REAP_MS, startDate: Date.now() + 3_600_000 }, { name: 'reap' });
    await ahead.close();
    connection.disconnect();
    await queue.schedule();
    expect(await queue.look()).toMatchObject({ isScheduled: true, newestDone: undefined });
    expect(counts.rounds).toBe(0);
    await queue.reschedule();
    await eventually(() => expect(counts.rounds).toBeGreaterThanOrEqual(2));
  });

  it('waits for the round that runs when it is closed, and is closed without Redis as well', async () => {
    let finish: () => void = () => undefined;
    const { queue, counts } = open(() => new Promise<void>((resolve) => (finish = resolve)));
    await queue.schedule();
    await eventually(() => expect(counts.rounds).toBe(1));
    let isClosed = false;
    const closing = queue.close(5000).then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    finish();
    await closing;

    const second = open().queue;
    await second.schedule();
    await redis.kill();
    const startedMs = performance.now();
    await second.close(PATIENCE_MS);
    expect(performance.now() - startedMs).toBeLessThan(PATIENCE_MS + 1500);
  });
});
