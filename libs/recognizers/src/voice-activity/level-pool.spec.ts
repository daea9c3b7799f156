import { describe, expect, it } from '@jest/globals';
import { ledgerAudio, ledgerSilence } from '../ledger/ledger-audio.ts';
import { createLevelPool } from './level-pool.ts';

const toFloats = (samples: Int16Array) => Float32Array.from(samples, (sample) => sample / 32_768);

describe('the level pool', () => {
  it('hears every window of ledger audio and none of its silence, at once', () => {
    const pool = createLevelPool();
    const detector = pool.borrow();
    const loud = toFloats(ledgerAudio({ from: 0, frames: 10 }));
    const quiet = toFloats(ledgerSilence(10));
    expect(pool.lagSamples).toBe(0);
    for (let at = 0; at + pool.windowSamples <= loud.length; at += pool.windowSamples) {
      expect(detector.accept(loud.subarray(at, at + pool.windowSamples))).toBe(true);
      expect(detector.accept(quiet.subarray(at, at + pool.windowSamples))).toBe(false);
    }
    pool.giveBack(detector);
  });

  it('draws the line at its threshold', () => {
    const detector = createLevelPool({ thresholdDbfs: -20 }).borrow();
    expect(detector.accept(new Float32Array(512).fill(0.101))).toBe(true);
    expect(detector.accept(new Float32Array(512).fill(0.099))).toBe(false);
    expect(detector.accept(new Float32Array(0))).toBe(false);
  });
});
