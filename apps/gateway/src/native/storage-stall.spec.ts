import { describe, expect, it } from '@jest/globals';
import { StorageStall, type StorageVerdict } from './storage-stall.ts';

const BOUNDS = { degradedAfterMs: 1000, giveUpAfterMs: 10_000 };

/** One look: time, appended, stored, since when a connection is down, verdict. */
type Look = readonly [number, number, number, number | undefined, StorageVerdict];

function expectVerdicts(looks: readonly Look[]): void {
  const stall = new StorageStall();
  for (const [nowMs, appendedSample, storedSample, downSinceMs, verdict] of looks) {
    expect([nowMs, stall.judge({ appendedSample, storedSample }, { nowMs, downSinceMs }, BOUNDS)]).toEqual([
      nowMs,
      verdict,
    ]);
  }
}

describe('StorageStall', () => {
  it('is content while all audio is stored, however long nothing new comes', () => {
    expectVerdicts([
      [0, 0, 0, undefined, 'ok'],
      [60_000, 0, 0, undefined, 'ok'],
      [120_000, 1600, 1600, undefined, 'ok'],
    ]);
  });

  it('is content while storing moves on, even if it is always behind', () => {
    expectVerdicts([
      [0, 3200, 1600, undefined, 'ok'],
      [5000, 80_000, 64_000, undefined, 'ok'],
      [10_000, 160_000, 144_000, undefined, 'ok'],
    ]);
  });

  it('degrades and then gives up when audio waits and nothing is stored, and recovers in between', () => {
    expectVerdicts([
      [0, 1600, 0, undefined, 'ok'],
      [999, 1600, 0, undefined, 'ok'],
      [1000, 3200, 0, undefined, 'degraded'],
      [9999, 3200, 0, undefined, 'degraded'],
      [10_000, 3200, 1600, undefined, 'ok'],
      [19_999, 3200, 1600, undefined, 'degraded'],
      [20_000, 3200, 1600, undefined, 'given_up'],
    ]);
  });

  it('counts a connection that is down although no audio waits: no text can come either', () => {
    expectVerdicts([
      [500, 0, 0, 0, 'ok'],
      [1000, 0, 0, 0, 'degraded'],
      [10_000, 0, 0, 0, 'given_up'],
    ]);
  });
});
