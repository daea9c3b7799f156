import { describe, expect, it } from '@jest/globals';
import { whatAnswered } from './what-answered.ts';

const away = new Error('this master is away');

describe('calls to several shards', () => {
  it.each([
    { calls: () => [Promise.resolve(1), Promise.resolve(2)], answers: [1, 2] },
    { calls: () => [Promise.reject<number>(away), Promise.resolve(2)], answers: [undefined, 2] },
    { calls: () => [], answers: [] },
  ])('give what was answered: $answers', async ({ calls, answers }) => {
    expect(await whatAnswered(calls())).toEqual(answers);
  });

  it('fail when none was answered', async () => {
    await expect(whatAnswered([Promise.reject(away), Promise.reject(new Error('nor this one'))])).rejects.toBe(away);
  });
});
