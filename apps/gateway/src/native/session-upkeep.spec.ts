import { describe, expect, it } from '@jest/globals';
import { DEFAULT_NATIVE_LIMITS } from './limits.ts';
import { SessionUpkeep } from './session-upkeep.ts';
import { createStorageWatch } from './storage-watch.ts';

function openUpkeep(): SessionUpkeep {
  const limits = { ...DEFAULT_NATIVE_LIMITS, idleTimeoutMs: 60_000 };
  return new SessionUpkeep({ limits, storage: createStorageWatch(() => 0) }, 0);
}

const calm = { appendedSample: 0, storedSample: 0, isUnderPressure: false };

describe('SessionUpkeep', () => {
  it('fails an idle session with idle_timeout, and not one that gave a sign of life', () => {
    const upkeep = openUpkeep();
    upkeep.noteLife();
    expect(upkeep.look({ ...calm, nowMs: 59_000 })).toEqual({ kind: 'fine' });
    expect(upkeep.look({ ...calm, nowMs: 118_999 })).toEqual({ kind: 'fine' });
    expect(upkeep.look({ ...calm, nowMs: 119_000 })).toMatchObject({ kind: 'fail', error: { code: 'idle_timeout' } });
  });

  it('does not call a client idle that it holds back itself', () => {
    const upkeep = openUpkeep();
    expect(upkeep.look({ ...calm, isUnderPressure: true, nowMs: 500_000 })).toMatchObject({ kind: 'fine' });
  });

  it('tells once that storage takes nothing, with the lag, and once that it does again', () => {
    const upkeep = openUpkeep();
    const stalled = { appendedSample: 32_000, storedSample: 16_000, isUnderPressure: false };
    upkeep.look({ ...stalled, nowMs: 0 });
    expect(upkeep.look({ ...stalled, nowMs: 999 })).toEqual({ kind: 'fine' });
    expect(upkeep.look({ ...stalled, nowMs: 1000 })).toMatchObject({
      kind: 'tell',
      status: { state: 'degraded', lag_ms: 1000, reason: expect.stringContaining('storage') },
    });
    expect(upkeep.look({ ...stalled, nowMs: 3000 })).toEqual({ kind: 'fine' });
    const stored = { ...stalled, storedSample: 32_000 };
    expect(upkeep.look({ ...stored, nowMs: 4000 })).toMatchObject({ kind: 'tell', status: { state: 'ok', lag_ms: 0 } });
  });

  it('fails with storage_unavailable when storage takes nothing for ten seconds', () => {
    const upkeep = openUpkeep();
    const stalled = { appendedSample: 1600, storedSample: 0, isUnderPressure: true };
    upkeep.look({ ...stalled, nowMs: 0 });
    expect(upkeep.look({ ...stalled, nowMs: 9999 })).toMatchObject({ kind: 'tell' });
    expect(upkeep.look({ ...stalled, nowMs: 10_000 })).toMatchObject({
      kind: 'fail',
      error: { code: 'storage_unavailable' },
    });
  });

  it('tells of a transcriber that is behind, and never gives up on it', () => {
    const upkeep = openUpkeep();
    const behind = { appendedSample: 960_000, storedSample: 960_000, isUnderPressure: true };
    upkeep.look({ ...behind, nowMs: 0 });
    expect(upkeep.look({ ...behind, nowMs: 1000 })).toMatchObject({
      kind: 'tell',
      status: { state: 'degraded', reason: expect.stringContaining('recognition') },
    });
    expect(upkeep.look({ ...behind, nowMs: 600_000 })).toEqual({ kind: 'fine' });
  });
});
