import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEDGER_FRAME_SAMPLES, ledgerAudio, ledgerFrame, ledgerSilence, ledgerWords } from './ledger-audio.ts';
import { createLedgerReader } from './ledger-reader.ts';

const MIDDLE_SAMPLE = LEDGER_FRAME_SAMPLES / 2;
const HALF_MARKER_SAMPLES = 96;

function floats(...parts: Int16Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => Array.from(part, (sample) => sample / 32_768)));
}

function read(samples: Float32Array): string[] {
  return createLedgerReader()
    .read(samples, true)
    .map(({ word }) => word);
}

function without(samples: Float32Array, fromSample: number, toSample: number): Float32Array {
  return Float32Array.from([...samples.slice(0, fromSample), ...samples.slice(toSample)]);
}

describe('reading the ledger', () => {
  it('answers one word for each frame, with silence around and between', () => {
    const samples = floats(ledgerSilence(3), ledgerAudio({ from: 10, frames: 3 }), ledgerSilence(1), ledgerFrame(13));
    expect(read(samples)).toEqual(ledgerWords(10, 4));
  });

  it.each([0, 1, 255, 65_536, 8_388_608, 16_000_000, 16_777_215])('reads the number %d', (frame) => {
    expect(read(floats(ledgerFrame(frame)))).toEqual([`w${frame}`]);
  });

  it('gives each word the place of its marker', () => {
    const spans = createLedgerReader().read(floats(ledgerSilence(1), ledgerAudio({ from: 0, frames: 2 })), true);
    expect(spans.map(({ startSample }) => startSample)).toEqual([1600 + 704, 3200 + 704]);
    expect(spans.map(({ endSample }) => endSample)).toEqual([1600 + 896, 3200 + 896]);
  });

  it('leaves a frame to the part that holds its marker, wherever a range is cut and however it is padded', () => {
    const whole = floats(ledgerAudio({ from: 100, frames: 4 }));
    const pad = new Float32Array(1600);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      const first = read(Float32Array.from([...pad, ...whole.slice(0, cut), ...pad]));
      const second = read(whole.slice(cut));
      const distance = Math.abs((cut % LEDGER_FRAME_SAMPLES) - MIDDLE_SAMPLE);
      const lost = distance < HALF_MARKER_SAMPLES ? 1 : 0;
      expect(first.length + second.length).toBe(4 - lost);
      expect([...first, ...second].every((word) => ledgerWords(100, 4).includes(word))).toBe(true);
    }
  });

  it('reads the same words from any pieces as from the whole', () => {
    const whole = floats(
      ledgerSilence(2),
      ledgerAudio({ from: 4, frames: 6 }),
      ledgerSilence(2),
      ledgerAudio({ from: 10, frames: 3 }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const reader = createLedgerReader();
        const spans = [];
        let at = 0;
        for (const size of sizes) {
          spans.push(...reader.read(whole.slice(at, at + size), false));
          at += size;
        }
        spans.push(...reader.read(whole.slice(at), true));
        expect(spans).toEqual(createLedgerReader().read(whole, true));
      }),
    );
  });

  it('never answers the right words when anything was lost inside', () => {
    const whole = floats(ledgerAudio({ from: 500, frames: 5 }));
    fc.assert(
      fc.property(
        fc.integer({ min: LEDGER_FRAME_SAMPLES, max: 4 * LEDGER_FRAME_SAMPLES - 1 }),
        fc.integer({ min: 1, max: 2 * LEDGER_FRAME_SAMPLES }),
        fc.integer({ min: 1, max: 3000 }),
        (fromSample, lostSamples, pieceSamples) => {
          const end = Math.min(fromSample + lostSamples, 4 * LEDGER_FRAME_SAMPLES);
          const damaged = without(whole, fromSample, end);
          expect(read(damaged)).not.toEqual(ledgerWords(500, 5));
          expect(readInPieces(damaged, pieceSamples)).not.toEqual(ledgerWords(500, 5));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never answers the right words when anything was doubled inside', () => {
    const whole = floats(ledgerAudio({ from: 500, frames: 5 }));
    fc.assert(
      fc.property(
        fc.integer({ min: LEDGER_FRAME_SAMPLES, max: 3 * LEDGER_FRAME_SAMPLES }),
        fc.integer({ min: 1, max: LEDGER_FRAME_SAMPLES }),
        (fromSample, doubledSamples) => {
          const end = fromSample + doubledSamples;
          const damaged = Float32Array.from([...whole.slice(0, end), ...whole.slice(fromSample)]);
          expect(read(damaged)).not.toEqual(ledgerWords(500, 5));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never answers the right words when eight samples or more were silenced inside', () => {
    const whole = floats(ledgerAudio({ from: 500, frames: 5 }));
    fc.assert(
      fc.property(
        fc.integer({ min: LEDGER_FRAME_SAMPLES, max: 4 * LEDGER_FRAME_SAMPLES - 8 }),
        fc.integer({ min: 8, max: LEDGER_FRAME_SAMPLES }),
        (fromSample, silencedSamples) => {
          const damaged = Float32Array.from(whole);
          damaged.fill(0, fromSample, Math.min(fromSample + silencedSamples, 4 * LEDGER_FRAME_SAMPLES));
          expect(read(damaged)).not.toEqual(ledgerWords(500, 5));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('answers nothing for other sounds', () => {
    const tone = Float32Array.from({ length: 16_000 }, (_, at) => 0.3 * Math.sin(at / 5));
    expect(read(tone)).toEqual([]);
    expect(read(new Float32Array(0))).toEqual([]);
  });
});

function readInPieces(samples: Float32Array, pieceSamples: number): string[] {
  const reader = createLedgerReader();
  const words: string[] = [];
  for (let at = 0; at < samples.length; at += pieceSamples) {
    words.push(...reader.read(samples.slice(at, at + pieceSamples), false).map(({ word }) => word));
  }
  return [...words, ...reader.read(new Float32Array(0), true).map(({ word }) => word)];
}
