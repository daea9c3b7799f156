import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSubscriptionProbe } from './subscription-probe.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function openProbe(
  answers: (lane: string) => boolean,
  send: (lane: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const asked: string[] = [];
  const silent: number[] = [];
  const probe = createSubscriptionProbe({
    lanes: ['00', '01'],
    intervalMs: 10_000,
    async send(lane) {
      asked.push(lane);
      await send(lane);
      if (answers(lane)) probe.heard(lane);
    },
    onSilent: (silentMs) => silent.push(silentMs),
  });
  return { probe, asked, silent };
}

describe('the subscription probe', () => {
  it('asks idle lanes only', async () => {
    const { probe, asked, silent } = openProbe(() => true);
    await jest.advanceTimersByTimeAsync(9000);
    probe.heard('01');
    await jest.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['00']);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(silent).toEqual([]);
    probe.stop();
  });

  it('finds one silent lane within two seconds of asking', async () => {
    const { probe, silent } = openProbe((lane) => lane === '00');
    await jest.advanceTimersByTimeAsync(12_000);
    expect(silent).toEqual([12_000]);
    probe.stop();
  });

  it('finds a lane within 15 seconds, whenever it fell silent', async () => {
    for (const lastSignMs of [1, 2499, 2501, 9999]) {
      const { probe, silent } = openProbe((lane) => lane === '01');
      await jest.advanceTimersByTimeAsync(lastSignMs);
      probe.heard('00');
      await jest.advanceTimersByTimeAsync(14_500);
      expect(Math.max(...silent)).toBeLessThanOrEqual(14_500);
      expect(silent.length).toBeGreaterThan(0);
      probe.stop();
    }
  });

  it('concludes nothing from a question that could not be sent', async () => {
    const { probe, silent } = openProbe(
      () => false,
      () => Promise.reject(new Error('down')),
    );
    await jest.advanceTimersByTimeAsync(60_000);
    expect(silent).toEqual([]);
    probe.stop();
  });

  it('forgets open questions after a reconnect and at the end', async () => {
    const { probe, silent } = openProbe(() => false);
    await jest.advanceTimersByTimeAsync(11_000);
    probe.restart();
    await jest.advanceTimersByTimeAsync(5000);
    expect(silent).toEqual([]);
    probe.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(silent).toEqual([]);
  });
});
