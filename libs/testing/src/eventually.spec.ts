import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('resolves with the first value that does not throw', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        if (tries < 3) throw new Error(`try ${tries}`);
        return tries;
      },
      { everyMs: 1 },
    );
    expect(value).toBe(3);
  });

  it('rejects with the last error when the time is up', async () => {
    let tries = 0;
    const failing = eventually(
      async () => {
        tries += 1;
        throw new Error(`try ${tries}`);
      },
      { timeoutMs: 30, everyMs: 5 },
    );
    await expect(failing).rejects.toThrow(/^try \d+$/);
    expect(tries).toBeGreaterThan(1);
  });

  it('tries once even with no time at all', async () => {
    await expect(eventually(() => 'there', { timeoutMs: 0 })).resolves.toBe('there');
  });
});
