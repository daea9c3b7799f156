import type { Logger } from '@verbatim/observability';
import { TOO_LATE, within, type After } from '../timers.ts';
import {
  hopelessBecause,
  initialWatch,
  watch,
  type QueueLook,
  type WatchEffect,
  type WatchLimits,
} from './queue-watch.ts';
import type { ReapQueue } from './reap-queue.ts';

/** Pause between two looks, unless rounds are closer together. Units: milliseconds. */
const LOOK_MS = 5000;

/** A queue that takes longer to answer, beside a Redis that does, is silent. Units: milliseconds. */
const ANSWER_WITHIN_MS = 2000;

/** A pause between two looks counts no more than its plan and one answer that came late: then the process stood still. */
const LONGEST_PAUSE_MS = LOOK_MS + 2 * ANSWER_WITHIN_MS;

/** A round that runs gets so long when the worker is taken for wedged. Units: milliseconds. */
const REMAKE_PATIENCE_MS = 1000;

const SILENT: QueueLook = { type: 'silent' };

export interface ReaperOptions {
  readonly openQueue: () => ReapQueue;
  /** Rejects when Redis is away. */
  readonly ping: () => Promise<unknown>;
  /** Units: milliseconds. */
  readonly reapMs: number;
  /** Units: milliseconds. */
  readonly stuckAfterMs: number;
  readonly nowMs: () => number;
  readonly after: After;
  readonly log: Pick<Logger, 'warn'>;
}

/** The queue, and a watch over it that makes it anew when it stands. */
export interface Reaper {
  /** Why this process should be restarted; `undefined` while all is well. */
  hopelessBecause(): string | undefined;
  /** Waits at most `patienceMs` for a round that runs. */
  stop(patienceMs: number): Promise<void>;
}

/** Starts reaping; resolves once the first round is scheduled, or when Redis went away meanwhile: then the watch does it. */
export async function startReaper(options: ReaperOptions): Promise<Reaper> {
  const { nowMs, after, log } = options;
  const limits: WatchLimits = { stuckAfterMs: options.stuckAfterMs, longestPauseMs: LONGEST_PAUSE_MS };
  let queue = options.openQueue();
  let state = initialWatch(nowMs());
  let cancel: () => void = () => undefined;
  let looking: Promise<void> = Promise.resolve();
  let isStopped = false;

  /** Nothing may hold up the watch; what comes too late or fails is found missing by the next look. */
  const attempt = (asked: Promise<void>) => within(ANSWER_WITHIN_MS, asked, after).catch(() => undefined);

  async function perform(effect: WatchEffect): Promise<void> {
    if (effect.type === 'schedule') {
      log.warn({ event: 'scheduler_gone' }, 'the schedule of the reaper is gone from Redis; it is put back');
      await attempt(queue.schedule());
      return;
    }
    log.warn({ event: 'queue_stuck', idle_ms: effect.idleMs }, 'no job was finished; the queue worker is made anew');
    await attempt(queue.close(REMAKE_PATIENCE_MS));
    queue = options.openQueue();
    await attempt(queue.reschedule());
  }

  async function lookOnce(): Promise<void> {
    const look = await takeLook(options, queue);
    const step = watch(state, { atMs: nowMs(), look }, limits);
    state = step.state;
    for (const effect of step.effects) if (!isStopped) await perform(effect);
  }

  function plan(): void {
    if (isStopped) return;
    cancel = after(Math.min(LOOK_MS, options.reapMs), () => {
      looking = lookOnce().then(plan);
    });
  }

  await attempt(queue.schedule());
  plan();
  return {
    hopelessBecause: () => hopelessBecause(state, limits),
    async stop(patienceMs) {
      isStopped = true;
      cancel();
      await looking;
      await queue.close(patienceMs);
    },
  };
}

async function takeLook({ ping, after }: ReaperOptions, queue: ReapQueue): Promise<QueueLook> {
  try {
    await ping();
  } catch {
    return { type: 'away' };
  }
  const look = within(ANSWER_WITHIN_MS, queue.look(), after);
  return look.then((seen) => (seen === TOO_LATE ? SILENT : seen)).catch(() => SILENT);
}
