import { describe, expect, it } from '@jest/globals';
import { ERROR_TABLE, isErrorCode, type ClientAction, type ErrorTableEntry } from './error-table.ts';

const ROWS = Object.entries<ErrorTableEntry>(ERROR_TABLE);
const FIRST_CODE: Record<ClientAction, number> = { stop: 4000, back_off: 4100, reconnect: 4200 };
/** `ws` closes with 1009 by itself when a frame is too large, before we see it. */
const TOO_BIG_CLOSE_CODE = 1009;

describe('the error table', () => {
  it.each(ROWS)('gives %s a close code whose range says what its action says', (slug, row) => {
    if (slug === 'message_too_big') {
      expect(row).toMatchObject({ closeCode: TOO_BIG_CLOSE_CODE, action: 'stop' });
      return;
    }
    const first = FIRST_CODE[row.action];
    expect(row.closeCode).toBeGreaterThanOrEqual(first);
    expect(row.closeCode).toBeLessThan(first + 100);
  });

  it.each(ROWS)('gives %s a snake_case slug, an HTTP error status and a sentence', (slug, row) => {
    expect(slug).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(row.httpStatus).toBeGreaterThanOrEqual(400);
    expect(row.httpStatus).toBeLessThan(600);
    expect(row.meaning).toMatch(/^[A-Z].*\.$/);
  });

  it('never tells a client to back off or reconnect after a mistake of its own', () => {
    const retryable = ROWS.filter(([, row]) => row.action !== 'stop');
    expect(retryable.filter(([, row]) => row.httpStatus < 500 && ![408, 429].includes(row.httpStatus))).toEqual([]);
  });

  it('shares a close code only where the client does the same', () => {
    const byCode = new Map<number, Set<ClientAction>>();
    for (const [, row] of ROWS)
      byCode.set(row.closeCode, (byCode.get(row.closeCode) ?? new Set<ClientAction>()).add(row.action));
    expect([...byCode].filter(([, actions]) => actions.size > 1)).toEqual([]);
  });

  it('holds every close code that the failure catalogue promises', () => {
    const promised = [
      4000, 4001, 4003, 4004, 4008, 4009, 4010, 4011, 4012, 4014, 4100, 4101, 4102, 4103, 4104, 4105, 4106, 4200, 4201,
      4202, 4203,
    ];
    const held = new Set(ROWS.map(([, row]) => row.closeCode));
    expect(promised.filter((code) => !held.has(code))).toEqual([]);
  });

  it('knows its own slugs and no property that every object has', () => {
    expect(isErrorCode('overloaded')).toBe(true);
    expect(['Overloaded', 'toString', '__proto__', ''].filter(isErrorCode)).toEqual([]);
  });
});
