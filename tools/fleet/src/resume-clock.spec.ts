import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { createResumeClock } from './resume-clock.ts';

describe('the resume clock', () => {
  it('counts from the loss and from the first try to the resumed session, over as many tries as it takes', () => {
    let nowMs = 0;
    const clock = createResumeClock(() => nowMs);
    const reason = new SttError('overloaded', 'gone');
    clock.onConnection({ state: 'open', isResumed: false });
    nowMs = 1000;
    clock.onConnection({ state: 'resuming', reason, attempt: 1, retryInMs: 200 });
    nowMs = 1300;
    clock.onConnection({ state: 'resuming', reason, attempt: 2, retryInMs: 500 });
    nowMs = 1900;
    clock.onConnection({ state: 'open', isResumed: true });
    expect(clock.resumes).toEqual([{ awayMs: 900, tryingMs: 700 }]);
  });
});
