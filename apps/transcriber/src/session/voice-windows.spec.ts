import { describe, expect, it } from '@jest/globals';
import type { VoiceActivityDetector } from '@verbatim/recognizers';
import { createVoiceWindows } from './voice-windows.ts';

/** Hears speech where a window's first sample is not zero, and remembers what it was given. */
function createDetector() {
  const given: number[][] = [];
  const detector: VoiceActivityDetector = {
    windowSamples: 4,
    lagSamples: 0,
    accept(window) {
      given.push([...window]);
      return window[0] !== 0;
    },
    reset: () => void given.push([]),
  };
  return { detector, given };
}

describe('the windows of a voice activity detector', () => {
  it('run on over the borders of frames', () => {
    const { detector, given } = createDetector();
    const windows = createVoiceWindows(detector);
    expect(windows.accept(Float32Array.of(1, 2, 3, 4, 5, 6), 6)).toEqual([{ endSample: 4, isSpeech: true }]);
    expect(windows.accept(Float32Array.of(7, 8, 0, 9, 9, 9), 12)).toEqual([
      { endSample: 8, isSpeech: true },
      { endSample: 12, isSpeech: false },
    ]);
    expect(given).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [0, 9, 9, 9],
    ]);
  });

  it('begin afresh with the frame after a reset', () => {
    const { detector, given } = createDetector();
    const windows = createVoiceWindows(detector);
    windows.accept(Float32Array.of(1, 2, 3), 3);
    windows.reset();
    expect(windows.accept(Float32Array.of(4, 5, 6, 7), 7)).toEqual([{ endSample: 7, isSpeech: true }]);
    expect(given).toEqual([[], [4, 5, 6, 7]]);
  });
});
