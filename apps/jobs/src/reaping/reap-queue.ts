import type { createQueueConnection } from '@verbatim/backbone';
import { Queue, Worker, type JobSchedulerTemplateOptions } from 'bullmq';
import { after, within } from '../timers.ts';
import type { QueueLook } from './queue-watch.ts';

/** One queue and one scheduler in it, both of this name. */
const REAP = 'reap';

/** Finished jobs that are kept: enough to see the last rounds by hand, and never more. */
const KEPT_JOBS = 10;

/** Entries of BullMQ's event stream; nobody here reads it, its default is 10 000. */
const KEPT_EVENTS = 100;

/** A round takes milliseconds; a process that has not renewed its job for so long is gone, and another does it. Units: milliseconds. */
const LOCK_MS = 10_000;

/**
 * How long the worker waits after a lost connection before it asks again, in place of BullMQ's 15 s: the connection itself
 * backs off already. Units: milliseconds.
 */
const RETRY_MS = 1000;

/** A round is not tried again: the next is a period away, and looks at the same sessions. */
const JOB_OPTIONS: JobSchedulerTemplateOptions = {
  attempts: 1,
  removeOnComplete: { count: KEPT_JOBS },
  removeOnFail: { count: KEPT_JOBS },
};

export interface ReapQueueOptions {
  /** Opens a connection of the queue's own; it is closed with the queue. */
  readonly connect: () => ReturnType<typeof createQueueConnection>;
  readonly keyPrefix: string;
  /** Units: milliseconds. */
  readonly reapMs: number;
  readonly reap: () => Promise<unknown>;
  /** Everything that BullMQ tells as an error: a lost connection, a failed round. */
  readonly onError: (error: Error) => void;
}

/** The queue of the reaper: one job each period, done by one process of the fleet. */
export interface ReapQueue {
  /** Puts the scheduler there, or gives it this process's period. */
  schedule(): Promise<void>;
  /** As {@link schedule}, from now on, whatever was scheduled before. */
  reschedule(): Promise<void>;
  look(): Promise<QueueLook>;
  /** Takes no further job, waits at most `patienceMs` for the one that runs, and closes every connection. */
  close(patienceMs: number): Promise<void>;
}

/**
 * Opens queue and worker; the worker begins at once, as soon as there is Redis. A lost connection is made again without end.
 * @see docs/adr/0012-bullmq-runs-the-reaper.md
 */
export function openReapQueue(options: ReapQueueOptions): ReapQueue {
  const connection = options.connect();
  // The hash tag holds all keys of the queue in one slot of a cluster, as BullMQ's scripts need it.
  const shared = { connection, prefix: `{${options.keyPrefix}:jobs}` };
  const queue = new Queue(REAP, { ...shared, streams: { events: { maxLen: KEPT_EVENTS } } });
  const worker = new Worker(REAP, options.reap, {
    ...shared,
    concurrency: 1,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS,
    runRetryDelay: RETRY_MS,
  });
  queue.on('error', options.onError);
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  const running = trackRunning(worker);

  const schedule = async (): Promise<void> => {
    await queue.upsertJobScheduler(REAP, { every: options.reapMs }, { name: REAP, opts: JOB_OPTIONS });
  };
  return {
    schedule,
    async reschedule() {
      // An upsert alone keeps the time of a job that waits, also one that a wrong clock put an hour ahead.
      await queue.removeJobScheduler(REAP);
      await schedule();
    },
    look: () => lookAt(queue),
    async close(patienceMs) {
      await worker.pause(true);
      await within(patienceMs, running.ended(), after);
      // Forced: without Redis a polite close waits for ever, and nothing is left to be polite to.
      await worker.close(true);
      await queue.close();
      connection.disconnect();
    },
  };
}

async function lookAt(queue: Queue): Promise<QueueLook> {
  const [scheduler, [newest]] = await Promise.all([queue.getJobScheduler(REAP), queue.getCompleted(0, 0)]);
  return { type: 'answered', isScheduled: scheduler !== undefined && scheduler !== null, newestDone: newest?.id };
}

/** Knows whether a job runs, until its end is written to Redis. */
function trackRunning(worker: Worker): { ended(): Promise<void> } {
  let isRunning = false;
  const waiting = new Set<() => void>();
  const end = (): void => {
    isRunning = false;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  worker.on('active', () => (isRunning = true));
  worker.on('completed', end);
  worker.on('failed', end);
  return {
    ended: () => (isRunning ? new Promise((resolve) => waiting.add(resolve)) : Promise.resolve()),
  };
}
