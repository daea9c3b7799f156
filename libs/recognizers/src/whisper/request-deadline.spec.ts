import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startDeadline } from './request-deadline.ts';

describe('the deadline of a request', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('ends it when the whole takes too long, however lively the answer', () => {
    const deadline = startDeadline(1000, []);
    for (let part = 0; part < 9; part += 1) {
      deadline.expectWithin(200);
      jest.advanceTimersByTime(100);
    }
    expect(deadline.signal.aborted).toBe(false);
    deadline.expectWithin(200);
    jest.advanceTimersByTime(100);
    expect(deadline).toMatchObject({ signal: { aborted: true }, isExpired: true });
  });

  it('ends it when the answer stalls', () => {
    const deadline = startDeadline(1000, []);
    deadline.expectWithin(200);
    jest.advanceTimersByTime(199);
    expect(deadline.isExpired).toBe(false);
    jest.advanceTimersByTime(1);
    expect(deadline.isExpired).toBe(true);
  });

  it('ends it when a caller does, which is no lateness', () => {
    const caller = new AbortController();
    const deadline = startDeadline(1000, [caller.signal]);
    caller.abort();
    expect(deadline).toMatchObject({ signal: { aborted: true }, isExpired: false });
    jest.advanceTimersByTime(2000);
    expect(deadline.isExpired).toBe(false);
    expect(startDeadline(1000, [caller.signal]).signal.aborted).toBe(true);
  });

  it('lets go of its timers and callers when the request is over', () => {
    const caller = new AbortController();
    const deadline = startDeadline(1000, [caller.signal]);
    deadline.expectWithin(200);
    deadline.stop();
    caller.abort();
    expect(jest.getTimerCount()).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
  });
});
