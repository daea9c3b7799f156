import { expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import { createDeferred } from './deferred.ts';
import { SessionTurns } from './session-turns.ts';

const [A, B] = ['a', 'b'] as unknown as [SessionId, SessionId];

it('lets one upload of a session go after the other, and those of others beside them', async () => {
  const turns = new SessionTurns();
  const told: string[] = [];
  const first = createDeferred();
  const running = [
    turns.run(A, () => first.promise.then(() => told.push('a1'))),
    turns.run(A, async () => told.push('a2')),
    turns.run(B, async () => told.push('b1')),
  ];
  await running[2];
  expect(told).toEqual(['b1']);
  first.resolve();
  await Promise.all(running);
  expect(told).toEqual(['b1', 'a1', 'a2']);
});

it('goes on after an upload that failed, which alone is told', async () => {
  const turns = new SessionTurns();
  const failed = turns.run(A, () => Promise.reject(new Error('no')));
  const next = turns.run(A, async () => 'yes');
  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});
