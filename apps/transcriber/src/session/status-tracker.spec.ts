import { describe, expect, it } from '@jest/globals';
import { createStatusTracker } from './status-tracker.ts';

const well = { lagMs: 0, hasCaughtUp: true, isRecognizerFailing: false };

describe("a session's status", () => {
  it('says nothing while all is well', () => {
    expect(createStatusTracker('local').update(well)).toBeUndefined();
  });

  it('tells of a takeover, and of its end', () => {
    const tracker = createStatusTracker('local');
    const states = [{ ...well, hasCaughtUp: false }, { ...well, hasCaughtUp: false }, well, well].map(
      (condition) => tracker.update(condition)?.state,
    );
    expect(states).toEqual(['recovering', undefined, 'ok', undefined]);
  });

  it('tells when text is late, and only when it has clearly caught up that it is not any more', () => {
    const tracker = createStatusTracker('local');
    const messages = [1999, 2001, 1500, 1000].map((lagMs) => tracker.update({ ...well, lagMs }));
    expect(messages.map((message) => message && [message.state, message.lag_ms])).toEqual([
      undefined,
      ['degraded', 2001],
      undefined,
      ['ok', 1000],
    ]);
  });

  it('tells at once that the recogniser fails', () => {
    const tracker = createStatusTracker('local');
    expect(tracker.update({ ...well, isRecognizerFailing: true })).toMatchObject({
      state: 'degraded',
      provider: 'local',
    });
    expect(tracker.update(well)).toMatchObject({ state: 'ok' });
  });
});
