import { describe, expect, it } from '@jest/globals';
import {
  hopelessBecause,
  initialWatch,
  watch,
  type QueueLook,
  type WatchEffect,
  type WatchState,
} from './queue-watch.ts';

const LIMITS = { stuckAfterMs: 60_000, longestPauseMs: 10_000 };
const LOOK_MS = 5000;

const done = (newestDone: string): QueueLook => ({ type: 'answered', isScheduled: true, newestDone });
const idle: QueueLook = done('job 1');
const silent: QueueLook = { type: 'silent' };
const away: QueueLook = { type: 'away' };

/** Looks every five seconds; tells what was to be done, and when. */
function look(looks: readonly QueueLook[], from = initialWatch(0)) {
  let state: WatchState = from;
  const effects: (WatchEffect & { atMs: number })[] = [];
  for (const each of looks) {
    const atMs = state.lookedAtMs + LOOK_MS;
    const step = watch(state, { atMs, look: each }, LIMITS);
    state = step.state;
    effects.push(...step.effects.map((effect) => ({ ...effect, atMs })));
  }
  return { state, effects };
}

const times = (count: number, each: QueueLook): QueueLook[] => Array.from({ length: count }, () => each);

describe('the watch over the queue', () => {
  it('is content as long as jobs are finished, by whatever process', () => {
    const { state, effects } = look(Array.from({ length: 100 }, (_, index) => done(`job ${index}`)));
    expect(effects).toEqual([]);
    expect(state.idleMs).toBe(0);
  });

  it('makes the worker anew after a minute without a finished job, and again after another', () => {
    const { effects } = look([idle, ...times(30, idle)]);
    expect(effects).toEqual([
      { type: 'remake', idleMs: 60_000, atMs: 65_000 },
      { type: 'remake', idleMs: 120_000, atMs: 125_000 },
    ]);
  });

  it('takes a queue that does not answer for stuck, when Redis does', () => {
    expect(look([idle, ...times(12, silent)]).effects).toEqual([{ type: 'remake', idleMs: 60_000, atMs: 65_000 }]);
  });

  it('does not count the time in which Redis is away', () => {
    const { state, effects } = look([idle, ...times(11, idle), ...times(1000, away), ...times(1, done('job 2'))]);
    expect(effects).toEqual([]);
    expect(hopelessBecause(state, LIMITS)).toBeUndefined();
  });

  it('does not count the time in which it did not look itself', () => {
    const { state } = look([idle]);
    expect(watch(state, { atMs: 3_600_000, look: idle }, LIMITS).effects).toEqual([]);
  });

  it('schedules anew when Redis came back empty, and remembers that nothing is done yet', () => {
    const empty: QueueLook = { type: 'answered', isScheduled: false, newestDone: undefined };
    const { state, effects } = look([idle, empty]);
    expect(effects).toEqual([{ type: 'schedule', atMs: 10_000 }]);
    expect(state).toMatchObject({ idleMs: 5000, newestDone: 'job 1' });
  });

  it('has hope for three times as long, and again with the next finished job', () => {
    const before = look([idle, ...times(35, idle)]).state;
    expect(hopelessBecause(before, LIMITS)).toBeUndefined();
    const after = look([idle], before).state;
    expect(hopelessBecause(after, LIMITS)).toBe('no job was finished for 180 s while Redis answered');
    expect(hopelessBecause(look([done('job 2')], after).state, LIMITS)).toBeUndefined();
  });
});
