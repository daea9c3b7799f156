import {
  BIT_SAMPLES,
  FILLER_AMPLITUDE,
  FILLER_SIGNS,
  LEDGER_FRAME_SAMPLES,
  MARKER_BITS,
  MARKER_OFFSET_SAMPLES,
  MARKER_SAMPLES,
  MARKER_THRESHOLD,
  NUMBER_BITS,
  markerCheck,
} from './ledger-audio.ts';

/** Of the filler every eighth sample is compared; shorter damage shows in the distance between the markers. */
const FILLER_STRIDE_SAMPLES = 8;
/** s16 to float and back may be done with 32767 or 32768. */
const AMPLITUDE_TOLERANCE = 0.01;
/** Steps of the search; half a marker, so that none is stepped over. */
const SEARCH_STRIDE_SAMPLES = MARKER_SAMPLES / 2;

/** A run of marker-loud samples. */
export interface LoudRun {
  readonly startSample: number;
  readonly endSample: number;
}

/** Finds the next run of marker-loud samples at or after `fromSample`, or null. */
export function findLoudRun(samples: Float32Array, fromSample: number): LoudRun | null {
  for (let at = fromSample; at < samples.length; at += SEARCH_STRIDE_SAMPLES) {
    if (isLoud(samples, at)) return loudRunAround(samples, at, fromSample);
  }
  // The last step may have gone past a run shorter than a step at the very end.
  return samples.length > fromSample && isLoud(samples, samples.length - 1)
    ? loudRunAround(samples, samples.length - 1, fromSample)
    : null;
}

function loudRunAround(samples: Float32Array, at: number, fromSample: number): LoudRun {
  let start = at;
  while (start > fromSample && isLoud(samples, start - 1)) start -= 1;
  // The usual case without walking: where a marker ends, loudness does; readMarker looks at each sample between.
  const expectedEnd = start + MARKER_SAMPLES;
  if (isLoud(samples, expectedEnd - 1) && !isLoud(samples, expectedEnd)) {
    return { startSample: start, endSample: expectedEnd };
  }
  let end = at + 1;
  while (end < samples.length && isLoud(samples, end)) end += 1;
  return { startSample: start, endSample: end };
}

/** Reads the number of a whole marker, or null if its bits or its check are damaged. */
export function readMarker(samples: Float32Array, { startSample, endSample }: LoudRun): number | null {
  if (endSample - startSample !== MARKER_SAMPLES) return null;
  let bits = 0;
  for (let bit = 0; bit < MARKER_BITS; bit++) {
    const first = startSample + bit * BIT_SAMPLES;
    const sign = sampleAt(samples, first) > 0 ? 1 : -1;
    for (let at = first; at < first + BIT_SAMPLES; at++) {
      if (sampleAt(samples, at) * sign < MARKER_THRESHOLD) return null;
    }
    if (sign === 1) bits |= 1 << bit;
  }
  const number = bits & (2 ** NUMBER_BITS - 1);
  return markerCheck(number) === bits >>> NUMBER_BITS ? number : null;
}

/** True if a run too short to be a marker ends at the edge of the samples or at silence: its frame was cut there. */
export function isCutOff(samples: Float32Array, { startSample, endSample }: LoudRun): boolean {
  const isAlone = isSilentAt(samples, startSample - 1) || isSilentAt(samples, endSample);
  return endSample - startSample < MARKER_SAMPLES && isAlone;
}

/** `whole`: as it was made. `cut`: as it was made up to silence or the edge of the samples. `damaged`: anything else. */
export type FrameSide = 'whole' | 'cut' | 'damaged';

/** Compares the part of a frame before its marker, walking outwards. */
export function headOf(samples: Float32Array, frameStart: number): FrameSide {
  return sideOf(samples, frameStart, { from: MARKER_OFFSET_SAMPLES - 1, to: 0, step: -FILLER_STRIDE_SAMPLES });
}

/** Compares the part of a frame after its marker, walking outwards. */
export function tailOf(samples: Float32Array, frameStart: number): FrameSide {
  return sideOf(samples, frameStart, {
    from: MARKER_OFFSET_SAMPLES + MARKER_SAMPLES,
    to: LEDGER_FRAME_SAMPLES - 1,
    step: FILLER_STRIDE_SAMPLES,
  });
}

interface Walk {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function sideOf(samples: Float32Array, frameStart: number, { from, to, step }: Walk): FrameSide {
  let isCut = false;
  for (let position = from; step > 0 ? position <= to : position >= to; position += step) {
    const sample = sampleAt(samples, frameStart + position);
    const isFiller = Math.abs(sample - fillerAt(position)) <= AMPLITUDE_TOLERANCE;
    if (isFiller && !isCut) continue;
    if (Math.abs(sample) > AMPLITUDE_TOLERANCE) return 'damaged';
    isCut = true;
  }
  return isCut ? 'cut' : 'whole';
}

/** True if every eighth sample of the range is zero. */
export function isSilentBetween(samples: Float32Array, fromSample: number, toSample: number): boolean {
  for (let at = fromSample; at < toSample; at += FILLER_STRIDE_SAMPLES) if (!isSilentAt(samples, at)) return false;
  return true;
}

function fillerAt(position: number): number {
  return (FILLER_SIGNS[position] ?? 0) * FILLER_AMPLITUDE;
}

/** Outside the samples is silence. */
function isSilentAt(samples: Float32Array, at: number): boolean {
  return Math.abs(sampleAt(samples, at)) <= AMPLITUDE_TOLERANCE;
}

function isLoud(samples: Float32Array, at: number): boolean {
  return Math.abs(sampleAt(samples, at)) > MARKER_THRESHOLD;
}

function sampleAt(samples: Float32Array, at: number): number {
  return at >= 0 && at < samples.length ? (samples[at] ?? 0) : 0;
}
