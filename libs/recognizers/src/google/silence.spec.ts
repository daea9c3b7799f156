import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@verbatim/testing';
import { createAnswerRhythm } from './answer-rhythm.ts';
import { createSilence, UNASKED_PART } from './silence.ts';

const TIMEOUT_MS = 10_000;

function open() {
  const clock = createFakeClock();
  const nowMs = (): number => clock.nowMs();
  const rhythm = createAnswerRhythm(TIMEOUT_MS * UNASKED_PART, nowMs);
  const silence = createSilence({ rhythm, timeoutMs: TIMEOUT_MS, nowMs });
  const speak = async (times: number, everyMs: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      silence.loudSent();
      await clock.advance(everyMs);
      silence.spoke();
    }
  };
  const end = async (times: number, tookMs: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      silence.begin();
      silence.endSent();
      await clock.advance(tookMs);
      silence.over();
    }
  };
  return { clock, rhythm, silence, speak, end };
}

describe('the silence of Google', () => {
  it('is too long after half of the time limit while its pace is not known', async () => {
    const { clock, silence } = open();
    silence.loudSent();
    await clock.advance(4_999);
    expect(silence.isTooLong).toBe(false);
    await clock.advance(1);
    expect(silence.isTooLong).toBe(true);
    silence.spoke();
    expect(silence.isTooLong).toBe(false);
  });

  it('does not begin before there is something to be heard', async () => {
    const { clock, silence } = open();
    await clock.advance(60_000);
    expect([silence.isTooLong, silence.leftMs]).toEqual([false, TIMEOUT_MS]);
  });

  it.each([
    [300, 1000],
    [700, 1400],
    [4000, 5000],
  ])('is too long after twice the usual where that is known: %d ms, %d ms', async (everyMs, expectedMs) => {
    const { rhythm, speak } = open();
    await speak(20, everyMs);
    expect(rhythm.silenceMs).toBe(expectedMs);
  });

  it.each([
    [50, 1000],
    [500, 2000],
    [4000, 5000],
  ])('may last four times the usual behind the end of a stream: %d ms, %d ms', async (tookMs, expectedMs) => {
    const { end, rhythm } = open();
    await end(20, tookMs);
    expect(rhythm.endMs).toBe(expectedMs);
  });

  it('may last four times a usual silence where no ends are known yet', async () => {
    const { rhythm, speak } = open();
    await speak(20, 500);
    expect(rhythm.endMs).toBe(2000);
  });

  it('makes who asks next wait twice as long, whoever else it cut off: a slow Google is not a dead one', async () => {
    const { clock, end, rhythm } = open();
    await end(20, 50);
    const limitsMs: number[] = [];
    for (let asked = 0; asked < 4; asked += 1) {
      const sentAtMs = clock.nowMs();
      await clock.advance(rhythm.endMs);
      rhythm.timedOut(sentAtMs);
      rhythm.timedOut(sentAtMs);
      limitsMs.push(rhythm.endMs);
    }
    expect(limitsMs).toEqual([2000, 4000, 5000, 5000]);
  });

  it('is taken for unusual again once ten ends were answered, by then at the new pace', async () => {
    const { clock, end, rhythm } = open();
    await end(20, 50);
    rhythm.timedOut(clock.nowMs());
    await end(9, 600);
    expect(rhythm.endMs).toBe(4800);
    await end(1, 600);
    expect(rhythm.endMs).toBe(2400);
  });

  it('counts against the time for the last words, of which half is left in any case', async () => {
    const { clock, silence } = open();
    silence.loudSent();
    await clock.advance(3000);
    expect(silence.leftMs).toBe(7000);
    await clock.advance(60_000);
    expect(silence.leftMs).toBe(5000);
  });
});
