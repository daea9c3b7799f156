import { describe, expect, it } from '@jest/globals';
import { moveDelayMs, retryDelayMs } from './back-off.ts';

describe('retryDelayMs', () => {
  it.each([
    ['back_off', 0, 0, 250],
    ['back_off', 0, 1, 500],
    ['back_off', 3, 1, 4_000],
    ['back_off', 6, 1, 30_000],
    ['back_off', 60, 0, 15_000],
    ['reconnect', 0, 0, 0],
    ['reconnect', 0, 1, 2_000],
    ['reconnect', 1, 1, 500],
    ['network', 0, 0, 0],
    ['network', 0, 1, 500],
    ['network', 2, 1, 1_000],
  ] as const)(
    'after %s with %i failures before it and a chance of %i is %i ms',
    (action, failures, chance, delayMs) => {
      expect(retryDelayMs({ action, failures, chance, retryAfterMs: 0 })).toBe(delayMs);
    },
  );

  it('is at least what the gateway asks for, even where its own would be none', () => {
    expect(retryDelayMs({ action: 'reconnect', failures: 0, chance: 0, retryAfterMs: 3_000 })).toBe(3_000);
    expect(retryDelayMs({ action: 'back_off', failures: 9, chance: 1, retryAfterMs: 3_000 })).toBe(30_000);
  });
});

describe('moveDelayMs', () => {
  it('spreads over 2 s, or over half of the time that is left', () => {
    expect(moveDelayMs(60_000, 1)).toBe(2_000);
    expect(moveDelayMs(1_000, 1)).toBe(500);
    expect(moveDelayMs(0, 1)).toBe(0);
  });
});
