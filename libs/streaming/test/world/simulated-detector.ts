import type { SpeechWindow } from '../../src/index.ts';
import { firstWordAfter, type Timeline } from './timeline.ts';

const WINDOW_SAMPLES = 512;

/** Hears words a fixed lag late, and after a reset nothing of what came before: like a recurrent detector with a fresh state. */
export function createSimulatedDetector(timeline: Timeline, lagSamples: number) {
  let resetSample = 0;
  let windowSample = 0;
  const heard: { fromSample: number; toSample: number }[] = [];

  const spokenSamples = (fromSample: number, toSample: number): number => {
    let total = 0;
    const { words } = timeline;
    for (let index = firstWordAfter(words, fromSample); index < words.length; index += 1) {
      const word = words[index];
      if (word === undefined || word.startSample >= toSample) break;
      total += Math.max(0, Math.min(toSample, word.endSample) - Math.max(fromSample, word.startSample));
    }
    return total;
  };

  return {
    /** The stretches of real speech that it reported. */
    heard,
    reset(atSample: number): void {
      resetSample = atSample;
      windowSample = atSample;
    },
    acceptUntil(endSample: number): readonly SpeechWindow[] {
      const windows: SpeechWindow[] = [];
      while (windowSample + WINDOW_SAMPLES <= endSample) {
        const fromSample = Math.max(resetSample, windowSample - lagSamples);
        const toSample = Math.max(fromSample, windowSample + WINDOW_SAMPLES - lagSamples);
        const isSpeech = spokenSamples(fromSample, toSample) >= WINDOW_SAMPLES / 2;
        windowSample += WINDOW_SAMPLES;
        if (isSpeech) heard.push({ fromSample, toSample });
        windows.push({ endSample: windowSample, isSpeech });
      }
      return windows;
    },
  };
}
