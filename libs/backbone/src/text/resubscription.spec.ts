import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createResubscription } from './resubscription.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Rounds that are settled by hand, in order. */
function openRounds() {
  const rounds: { succeed: () => void; fail: () => void }[] = [];
  let done = 0;
  const resubscription = createResubscription({
    subscribeAll: () =>
      new Promise((resolve, reject) => rounds.push({ succeed: resolve, fail: () => reject(new Error('no')) })),
    onDone: () => (done += 1),
  });
  const settle = async (how: 'succeed' | 'fail') => {
    rounds.at(-1)?.[how]();
    await jest.advanceTimersByTimeAsync(0);
  };
  return { resubscription, rounds, settle, done: () => done };
}

describe('a resubscription', () => {
  it('tells when every channel is subscribed again', async () => {
    const { resubscription, settle, done } = openRounds();
    resubscription.begin();
    expect(done()).toBe(0);
    await settle('succeed');
    expect(done()).toBe(1);
  });

  it('tries again until it has succeeded, although nobody asks again', async () => {
    const { resubscription, rounds, settle, done } = openRounds();
    resubscription.begin();
    for (const tries of [1, 2, 3]) {
      expect(rounds).toHaveLength(tries);
      await settle('fail');
      await jest.advanceTimersByTimeAsync(500);
    }
    await settle('succeed');
    await jest.advanceTimersByTimeAsync(60_000);
    expect([rounds.length, done()]).toEqual([4, 1]);
  });

  it('runs one round at a time, and a new one after a cut that came during it', async () => {
    const { resubscription, rounds, settle, done } = openRounds();
    resubscription.begin();
    resubscription.begin();
    resubscription.begin();
    expect(rounds).toHaveLength(1);
    await settle('succeed');
    expect([rounds.length, done()]).toEqual([2, 1]);
    await settle('succeed');
    expect([rounds.length, done()]).toEqual([2, 2]);
  });

  it('is over when it is stopped', async () => {
    const { resubscription, rounds, settle, done } = openRounds();
    resubscription.begin();
    resubscription.stop();
    await settle('fail');
    await jest.advanceTimersByTimeAsync(60_000);
    resubscription.begin();
    expect([rounds.length, done()]).toEqual([1, 0]);
  });
});
