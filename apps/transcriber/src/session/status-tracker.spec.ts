import { describe, expect, it } from '@jest/globals';
import { createStatusTracker } from './status-tracker.ts';

const well = { provider: 'local', lagMs: 0, catchingUpAfter: undefined, isRecognizerFailing: false } as const;

describe("a session's status", () => {
  it('says nothing while all is well', () => {
    expect(createStatusTracker('local').update(well)).toBeUndefined();
  });

  it('tells of a takeover, and of its end', () => {
    const tracker = createStatusTracker('local');
    const taken = { ...well, catchingUpAfter: 'takeover' } as const;
    const states = [taken, taken, well, well].map((condition) => tracker.update(condition)?.state);
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

  it('tells of each change of the recogniser, also in the middle of another', () => {
    const tracker = createStatusTracker('google');
    const switched = { ...well, catchingUpAfter: 'switch' } as const;
    const messages = [
      { ...switched, provider: 'whisper' } as const,
      { ...switched, provider: 'local' } as const,
      { ...well, provider: 'local' } as const,
      { ...well, provider: 'google' } as const,
    ].map((condition) => tracker.update(condition));
    expect(messages.map((message) => message && [message.state, message.provider])).toEqual([
      ['recovering', 'whisper'],
      ['recovering', 'local'],
      ['ok', 'local'],
      ['ok', 'google'],
    ]);
  });
});
