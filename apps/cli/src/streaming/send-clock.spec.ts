import { describe, expect, it } from '@jest/globals';
import { createSendClock } from './send-clock.ts';

describe('createSendClock', () => {
  it('knows no time before the first send', () => {
    expect(createSendClock().sentAtMs(0)).toBeUndefined();
  });

  it('gives the time of the send that first covered a position', () => {
    const clock = createSendClock();
    clock.record(100, 1000);
    clock.record(200, 1100);
    clock.record(300, 1207);
    expect([0, 100, 101, 200, 300, 999].map((positionMs) => clock.sentAtMs(positionMs))).toEqual([
      1000, 1000, 1100, 1100, 1207, 1207,
    ]);
  });
});
