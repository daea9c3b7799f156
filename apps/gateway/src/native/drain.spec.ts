import { describe, expect, it } from '@jest/globals';
import { drainSessions, type DrainedSession } from './drain.ts';

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
    await drainSessions(() => [...sessions], { drainMs: 20, hurry: calm, closeTimeoutMs: 1000 });
    for (const { events } of fakes) expect(events).toEqual(['go_away 20', 'sent away']);
  });

  it('cuts who does not answer the closing handshake in time', async () => {
    const sessions = new Set<DrainedSession>();
    const deaf = fakeSession(sessions, { isDeaf: true });
    await drainSessions(() => [...sessions], { drainMs: 0, hurry: calm, closeTimeoutMs: 30 });
    expect(deaf.events).toEqual(['go_away 0', 'sent away', 'terminated']);
  });

  it('does not wait for audio that cannot be stored', async () => {
    const sessions = new Set<DrainedSession>();
    const stuck = fakeSession(sessions, { isStuck: true });
    await drainSessions(() => [...sessions], { drainMs: 0, hurry: calm, closeTimeoutMs: 1000 });
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
    });
    hurry.abort();
    await draining;
    for (const { events } of fakes) expect(events).toContain('sent away');
  });
});
