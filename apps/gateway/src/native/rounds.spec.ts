import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import type { NativeSession } from './native-session.ts';
import { startRounds, type Rounds } from './rounds.ts';

function fakeSession(
  onRound: (nowMs: number) => void,
  heldSessionId?: string,
  onStateGone: () => void = () => undefined,
): NativeSession {
  return { onRound, heldSessionId, onStateGone } as unknown as NativeSession;
}

describe('startRounds', () => {
  let rounds: Rounds;
  const kept: (readonly SessionId[])[] = [];
  const failures: unknown[] = [];
  let gone: SessionId[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    kept.length = 0;
    failures.length = 0;
    gone = [];
    rounds = startRounds({
      ...{ roundMs: 1000, keepAliveIntervalMs: 3000, nowMs: () => performance.now() },
      keepAlive: (sessionIds) => {
        kept.push(sessionIds);
        return Promise.resolve(gone);
      },
      onFailure: (error) => failures.push(error),
    });
  });

  afterEach(() => {
    rounds.stop();
    jest.useRealTimers();
  });

  it('looks at each session once a round, spread over the round', () => {
    const looks = Array.from({ length: 20 }, () => [] as number[]);
    looks.forEach((times) => rounds.add(fakeSession((nowMs) => times.push(nowMs))));
    jest.advanceTimersByTime(3000);
    for (const times of looks) expect(times).toHaveLength(3);
    expect(new Set(looks.map(([first]) => first)).size).toBe(10);
  });

  it('keeps all held sessions alive in one call', () => {
    rounds.add(fakeSession(() => undefined, 's1'));
    rounds.add(fakeSession(() => undefined));
    rounds.add(fakeSession(() => undefined, 's2'));
    jest.advanceTimersByTime(3000);
    expect(kept).toEqual([['s1', 's2']]);
  });

  it('tells those whose record is gone, and asks at once when Redis is back', async () => {
    const told: string[] = [];
    rounds.add(
      fakeSession(
        () => undefined,
        's1',
        () => told.push('s1'),
      ),
    );
    rounds.add(
      fakeSession(
        () => undefined,
        's2',
        () => told.push('s2'),
      ),
    );
    gone = ['s2' as SessionId];
    rounds.keepAliveNow();
    await jest.advanceTimersByTimeAsync(0);
    expect(kept).toEqual([['s1', 's2']]);
    expect(told).toEqual(['s2']);
  });

  it("goes on when one session's round fails", () => {
    let looks = 0;
    rounds.add(
      fakeSession(() => {
        throw new Error('a defect');
      }),
    );
    for (let n = 0; n < 10; n += 1) rounds.add(fakeSession(() => (looks += 1)));
    jest.advanceTimersByTime(1000);
    expect(looks).toBe(10);
    expect(failures).toHaveLength(1);
  });

  it('forgets a session that is gone', () => {
    const session = fakeSession(() => undefined);
    rounds.add(session);
    expect(rounds.size).toBe(1);
    rounds.remove(session);
    expect(rounds.size).toBe(0);
  });
});
