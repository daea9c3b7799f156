import { describe, expect, it } from '@jest/globals';
import { toIsoTimestamp } from './timestamps.ts';

describe('toIsoTimestamp', () => {
  it('writes UTC without a zone letter, with six decimals', () => {
    expect(toIsoTimestamp(Date.UTC(2025, 8, 19, 18, 14, 7, 128))).toBe('2025-09-19T18:14:07.128000');
    expect(toIsoTimestamp(0)).toBe('1970-01-01T00:00:00.000000');
  });
});
