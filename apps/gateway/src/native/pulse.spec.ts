import { describe, expect, it } from '@jest/globals';
import { Pulse } from './pulse.ts';

const BOUNDS = { pingIntervalMs: 15_000, slowPongMs: 2000, pongTimeoutMs: 10_000 };

function look(pulse: Pulse, nowMs: number, isHeld = false) {
  return pulse.look({ nowMs, isHeld });
}

describe('Pulse', () => {
  it('pings once an interval while the client answers', () => {
    const pulse = new Pulse(BOUNDS, 0);
    expect(look(pulse, 14_999)).toBe('fine');
    expect(look(pulse, 15_000)).toBe('ping_now');
    pulse.notePong();
    expect(look(pulse, 29_999)).toBe('fine');
    expect(look(pulse, 30_000)).toBe('ping_now');
  });

  it('calls a client slow whose pong is late, and lost when it stays away', () => {
    const pulse = new Pulse(BOUNDS, 0);
    look(pulse, 15_000);
    expect(look(pulse, 16_999)).toBe('fine');
    expect(look(pulse, 17_000)).toBe('slow');
    expect(look(pulse, 24_999)).toBe('slow');
    expect(look(pulse, 25_000)).toBe('lost');
  });

  it('awaits no pong of a client that is held back, and goes on pinging it', () => {
    const pulse = new Pulse(BOUNDS, 0);
    look(pulse, 15_000);
    expect(look(pulse, 20_000, true)).toBe('fine');
    expect(look(pulse, 30_000, true)).toBe('ping_now');
    expect(look(pulse, 41_000, true)).toBe('fine');
    expect(look(pulse, 45_000, false)).toBe('ping_now');
    expect(look(pulse, 46_000, false)).toBe('fine');
  });
});
