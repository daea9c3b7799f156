/** One numbered frame, and the length of the entries the gateway appends. Units: samples at 16 kHz (100 ms). */
export const LEDGER_FRAME_SAMPLES = 1600;

/** Bits of the frame's number: frames 0 to 16,777,215, which is 19 days of audio. */
export const NUMBER_BITS = 24;
/** Bits that check the number, so that damage cannot pass for another frame. */
const CHECK_BITS = 8;
export const MARKER_BITS = NUMBER_BITS + CHECK_BITS;
/** Samples that carry one bit. */
export const BIT_SAMPLES = 6;
export const MARKER_SAMPLES = MARKER_BITS * BIT_SAMPLES;
/** The marker sits in the middle of its frame: a range cut anywhere between two markers leaves each in one part. */
export const MARKER_OFFSET_SAMPLES = (LEDGER_FRAME_SAMPLES - MARKER_SAMPLES) / 2;

/** Amplitudes. The marker is louder than anything else in the frame, so finding it needs no search by content. */
const FILLER_AMPLITUDE_S16 = 8_000;
const MARKER_AMPLITUDE_S16 = 24_000;
export const FILLER_AMPLITUDE = FILLER_AMPLITUDE_S16 / 32_768;
/** Between the two amplitudes. */
export const MARKER_THRESHOLD = 0.5;

/** Signs of the filler by position in the frame: fixed noise, so that a frame shifted against itself does not match. */
export const FILLER_SIGNS: Int8Array = fillerSigns();

function fillerSigns(): Int8Array {
  const signs = new Int8Array(LEDGER_FRAME_SAMPLES);
  let state = 0x2545f491;
  for (let at = 0; at < signs.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    signs[at] = state < 0 ? -1 : 1;
  }
  return signs;
}

/** Eight bits that change with every bit of the number. */
export function markerCheck(frame: number): number {
  return (Math.imul(frame ^ 0x5bd1e9, 0x9e3779b1) >>> 24) & 0xff;
}

/**
 * Makes frame `frame` of the ledger's synthetic audio: 100 ms of 16 kHz s16, loud throughout, its number in the middle.
 *
 * @throws RangeError if the number does not fit the marker (0 to 16,777,215).
 */
export function ledgerFrame(frame: number): Int16Array {
  if (!Number.isInteger(frame) || frame < 0 || frame >= 2 ** NUMBER_BITS) {
    throw new RangeError(`A ledger frame's number is a whole number from 0 to ${2 ** NUMBER_BITS - 1}, not ${frame}.`);
  }
  const samples = new Int16Array(LEDGER_FRAME_SAMPLES);
  for (let at = 0; at < samples.length; at++) samples[at] = (FILLER_SIGNS[at] ?? 1) * FILLER_AMPLITUDE_S16;
  for (let bit = 0; bit < MARKER_BITS; bit++) {
    const start = MARKER_OFFSET_SAMPLES + bit * BIT_SAMPLES;
    samples.fill(bitAt(frame, bit) ? MARKER_AMPLITUDE_S16 : -MARKER_AMPLITUDE_S16, start, start + BIT_SAMPLES);
  }
  return samples;
}

function bitAt(frame: number, bit: number): boolean {
  if (bit < NUMBER_BITS) return ((frame >>> bit) & 1) === 1;
  return ((markerCheck(frame) >>> (bit - NUMBER_BITS)) & 1) === 1;
}

/** Makes silence between frames: exact zeros. */
export function ledgerSilence(frames: number): Int16Array {
  return new Int16Array(frames * LEDGER_FRAME_SAMPLES);
}

/** Makes the frames `from`, `from + 1` … without a gap. */
export function ledgerAudio({ from, frames }: { readonly from: number; readonly frames: number }): Int16Array {
  const samples = new Int16Array(frames * LEDGER_FRAME_SAMPLES);
  for (let index = 0; index < frames; index++) samples.set(ledgerFrame(from + index), index * LEDGER_FRAME_SAMPLES);
  return samples;
}

/** The words that the ledger recogniser must answer for `ledgerAudio({ from, frames })`. */
export function ledgerWords(from: number, frames: number): string[] {
  return Array.from({ length: frames }, (_, index) => `w${from + index}`);
}
