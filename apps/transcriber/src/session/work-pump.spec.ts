import { describe, expect, it } from '@jest/globals';
import { createWorkPump, TURN_BUDGET_MS } from './work-pump.ts';

/** An event loop whose turns the test calls; each piece of work takes `pieceMs`. */
function createLoop(pieceMs: number) {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const done: string[] = [];
  const pump = createWorkPump({ nowMs: () => nowMs, defer: (turn) => void turns.push(turn) });
  const session = (name: string, pieces: number) => {
    let left = pieces;
    return {
      work() {
        nowMs += pieceMs;
        left -= 1;
        done.push(name);
        return left > 0;
      },
    };
  };
  return { pump, done, session, turns, turn: () => turns.shift()?.() };
}

describe('the work pump', () => {
  it('gives sessions a piece each, round and round', () => {
    const loop = createLoop(1);
    loop.pump.wake(loop.session('a', 3));
    loop.pump.wake(loop.session('b', 1));
    loop.pump.wake(loop.session('c', 2));
    loop.turn();
    expect(loop.done.join('')).toBe('abcaca');
  });

  it('lets the event loop go round when its time is up, and goes on where it stopped', () => {
    const loop = createLoop(TURN_BUDGET_MS / 2);
    loop.pump.wake(loop.session('a', 3));
    loop.pump.wake(loop.session('b', 3));
    loop.turn();
    expect(loop.done.join('')).toBe('ab');
    expect(loop.turns).toHaveLength(1);
    loop.turn();
    loop.turn();
    expect(loop.done.join('')).toBe('ababab');
    expect(loop.turns).toHaveLength(0);
  });

  it('asks for one turn only, however often it is woken', () => {
    const loop = createLoop(1);
    const session = loop.session('a', 1);
    loop.pump.wake(session);
    loop.pump.wake(session);
    expect(loop.turns).toHaveLength(1);
  });
});
