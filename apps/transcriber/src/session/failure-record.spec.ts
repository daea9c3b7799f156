import { describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import { createFailureRecord } from './failure-record.ts';

describe('the record of failed sessions', () => {
  it('lets a session go at once the first time, then after pauses that grow up to half a minute', () => {
    const record = createFailureRecord(() => 0);
    const pauses = Array.from({ length: 9 }, () => record.note('a' as SessionId).pauseMs);
    expect(pauses).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('forgets a session that worked for a minute, and counts each by itself', () => {
    let nowMs = 0;
    const record = createFailureRecord(() => nowMs);
    record.note('a' as SessionId);
    nowMs = 60_001;
    expect(record.note('a' as SessionId).failures).toBe(1);
    expect(record.note('b' as SessionId).failures).toBe(1);
    expect(record.note('a' as SessionId).failures).toBe(2);
  });
});
