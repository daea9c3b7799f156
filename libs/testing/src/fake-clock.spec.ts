import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from './fake-clock.ts';

describe('createFakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = createFakeClock(1000);
    expect(clock.nowMs()).toBe(1000);
    await clock.advance(250);
    expect(clock.nowMs()).toBe(1250);
  });

  it('runs timers in order of time, each at its own time', async () => {
    const clock = createFakeClock();
    const ran: string[] = [];
    clock.after(30, () => ran.push(`late at ${clock.nowMs()}`));
    clock.after(10, () => ran.push(`early at ${clock.nowMs()}`));
    await clock.advance(29);
    expect(ran).toEqual(['early at 10']);
    await clock.advance(1);
    expect(ran).toEqual(['early at 10', 'late at 30']);
  });

  it('does not run a cancelled timer', async () => {
    const clock = createFakeClock();
    let ran = false;
    const cancel = clock.after(10, () => (ran = true));
    cancel();
    await clock.advance(20);
    expect(ran).toBe(false);
  });

  it('runs timers that a sleeper sets on the way', async () => {
    const clock = createFakeClock();
    const wokeAtMs: number[] = [];
    const loop = (async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await clock.sleep(100);
        wokeAtMs.push(clock.nowMs());
      }
    })();
    await clock.advance(300);
    await loop;
    expect(wokeAtMs).toEqual([100, 200, 300]);
  });
});
