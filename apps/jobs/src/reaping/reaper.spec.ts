import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@verbatim/testing';
import type { QueueLook } from './queue-watch.ts';
import type { ReapQueue } from './reap-queue.ts';
import { startReaper } from './reaper.ts';

const NEVER = new Promise<never>(() => undefined);

/** A queue whose every answer the test decides; says what was asked of it. */
async function bench() {
  const clock = createFakeClock();
  const said: string[] = [];
  const world = { isRedisAway: false, isSilent: false, isScheduled: true, done: 0 };
  let opened = 0;
  const openQueue = (): ReapQueue => {
    const name = `queue ${++opened}`;
    const say = (what: string) => Promise.resolve(void said.push(`${name} ${what}`));
    return {
      schedule: () => say('schedule'),
      reschedule: () => say('reschedule'),
      close: (patienceMs) => say(`close ${patienceMs}`),
      look: (): Promise<QueueLook> => {
        if (world.isSilent) return NEVER;
        return Promise.resolve({ type: 'answered', isScheduled: world.isScheduled, newestDone: `${world.done}` });
      },
    };
  };
  const log = { warn: (fields: object | string) => void said.push(JSON.stringify(fields)) };
  const reaper = await startReaper({
    openQueue,
    ping: () => (world.isRedisAway ? Promise.reject(new Error('away')) : Promise.resolve(1)),
    reapMs: 5000,
    stuckAfterMs: 60_000,
    nowMs: () => clock.nowMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
    log,
  });
  return { clock, said, world, reaper };
}

describe('the reaper', () => {
  it('schedules at the start, and puts a schedule back that is gone', async () => {
    const { clock, said, world } = await bench();
    await clock.advance(10_000);
    world.isScheduled = false;
    await clock.advance(5000);
    world.isScheduled = true;
    await clock.advance(5000);
    expect(said).toEqual(['queue 1 schedule', '{"event":"scheduler_gone"}', 'queue 1 schedule']);
  });

  it('makes a queue anew that finishes nothing, and is well with the next finished job', async () => {
    const { clock, said, world, reaper } = await bench();
    await clock.advance(70_000);
    const remade = ['{"event":"queue_stuck","idle_ms":60000}', 'queue 1 close 1000', 'queue 2 reschedule'];
    expect(said).toEqual(['queue 1 schedule', ...remade]);
    await clock.advance(120_000);
    expect(reaper.hopelessBecause()).toMatch(/^no job was finished for 18\d s/);
    world.done = 1;
    await clock.advance(5000);
    expect(reaper.hopelessBecause()).toBeUndefined();
  });

  it('makes a queue anew whose connection is silent beside a Redis that answers', async () => {
    const { clock, said, world } = await bench();
    world.isSilent = true;
    await clock.advance(75_000);
    expect(said).toContain('queue 2 reschedule');
  });

  it('leaves the queue alone while Redis is away', async () => {
    const { clock, said, world, reaper } = await bench();
    world.isRedisAway = true;
    await clock.advance(600_000);
    expect(said).toEqual(['queue 1 schedule']);
    expect(reaper.hopelessBecause()).toBeUndefined();
  });

  it('closes the queue that is open when it is stopped, and looks no more', async () => {
    const { clock, said, reaper } = await bench();
    await reaper.stop(3000);
    await clock.advance(600_000);
    expect(said).toEqual(['queue 1 schedule', 'queue 1 close 3000']);
  });
});
