import { describe, expect, it } from '@jest/globals';
import { LEDGER_FRAME_SAMPLES, ledgerAudio, ledgerFrame, ledgerSilence, ledgerWords } from './ledger-audio.ts';

describe('ledger audio', () => {
  it('makes 100 ms frames that differ by their number only', () => {
    expect(ledgerFrame(7)).toHaveLength(LEDGER_FRAME_SAMPLES);
    expect(ledgerFrame(7)).toEqual(ledgerFrame(7));
    expect(ledgerFrame(7)).not.toEqual(ledgerFrame(8));
  });

  it('is loud in every window of the detector and silent between', () => {
    const frame = ledgerFrame(3);
    for (let at = 0; at + 512 <= frame.length; at++) {
      const energy = frame.slice(at, at + 512).reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0);
      expect(10 * Math.log10(energy / 512)).toBeGreaterThan(-20);
    }
    expect(ledgerSilence(2)).toEqual(new Int16Array(2 * LEDGER_FRAME_SAMPLES));
  });

  it('refuses a number that the marker cannot hold', () => {
    expect(() => ledgerFrame(-1)).toThrow(RangeError);
    expect(() => ledgerFrame(2 ** 24)).toThrow(/from 0 to 16777215/);
    expect(() => ledgerFrame(1.5)).toThrow(RangeError);
  });

  it('joins frames and names their words', () => {
    const audio = ledgerAudio({ from: 5, frames: 2 });
    expect(audio.slice(LEDGER_FRAME_SAMPLES)).toEqual(ledgerFrame(6));
    expect(ledgerWords(5, 2)).toEqual(['w5', 'w6']);
  });
});
