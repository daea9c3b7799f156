import { describe, expect, it } from '@jest/globals';
import { closesAfterMs, drainSessions, type DrainedSession } from './drain.ts';

interface FakeSession extends DrainedSession {
  readonly events: string[];
}

/** Leaves at once; `isDeaf` never closes by itself; `isStuck` never has its audio stored. */
function fakeSession(sessions: Set<DrainedSession>, { isDeaf = false, isStuck = false } = {}): FakeSession {
  const events: string[] = [];
  const session: FakeSession = {
    events,
    announceDrain: (timeLeftMs) => void events.push(`go_away ${timeLeftMs}`),
    async sendAway(flushed) {
      await flushed(isStuck ? new Promise(() => undefined) : Promise.resolve());
      events.push('sent away');
      if (!isDeaf) sessions.delete(session);
    },
    terminate: () => {
      events.push('terminated');
      sessions.delete(session);
    },
  };
  sessions.add(session);
  return session;
}

describe('drainSessions', () => {
  const calm = new AbortController().signal;

  it('announces to all first, then sends each away, and is done when all are gone', async () => {
    const sessions = new Set<DrainedSession>();
    const fakes = [fakeSession(sessions), fakeSession(sessions)];
    await drainSessions(() => [...sessions], { drainMs: 20, hurry: calm, closeTimeoutMs: 1000, random: Math.random });
    for (const { events } of fakes) expect(events).toEqual(['go_away 20', 'sent away']);
  });

  it('cuts who does not answer the closing handshake in time', async () => {
    const sessions = new Set<DrainedSession>();
    const deaf = fakeSession(sessions, { isDeaf: true });
    await drainSessions(() => [...sessions], { drainMs: 0, hurry: calm, closeTimeoutMs: 30, random: Math.random });
    expect(deaf.events).toEqual(['go_away 0', 'sent away', 'terminated']);
  });

  it('does not wait for audio that cannot be stored', async () => {
    const sessions = new Set<DrainedSession>();
    const stuck = fakeSession(sessions, { isStuck: true });
    await drainSessions(() => [...sessions], { drainMs: 0, hurry: calm, closeTimeoutMs: 1000, random: Math.random });
    expect(stuck.events).toContain('sent away');
  });

  it('takes no time for politeness when it is hurried', async () => {
    const sessions = new Set<DrainedSession>();
    const fakes = Array.from({ length: 5 }, () => fakeSession(sessions));
    const hurry = new AbortController();
    const draining = drainSessions(() => [...sessions], {
      drainMs: 3_600_000,
      hurry: hurry.signal,
      closeTimeoutMs: 1000,
      random: Math.random,
    });
    hurry.abort();
    await draining;
    for (const { events } of fakes) expect(events).toContain('sent away');
  });

  it('spreads the closes over the drain, each in its own slice, at a moment that differs between replicas', () => {
    const at = (index: number, random: number) => closesAfterMs(index, 4, { drainMs: 2000, random: () => random });
    expect([0, 1, 2, 3].map((index) => at(index, 0))).toEqual([0, 500, 1000, 1500]);
    expect(at(3, 0.5)).toBe(1750);
  });

  it('takes no longer for thousands than for one', async () => {
    const sessions = new Set<DrainedSession>();
    for (let n = 0; n < 5000; n += 1) fakeSession(sessions);
    const beganAtMs = performance.now();
    await drainSessions(() => [...sessions], { drainMs: 200, hurry: calm, closeTimeoutMs: 1000, random: Math.random });
    // With a sleep for each it would be more than 5 s.
    expect(performance.now() - beganAtMs).toBeLessThan(3000);
  });
});
