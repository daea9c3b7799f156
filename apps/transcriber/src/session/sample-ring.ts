import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';

/** A fresh ring holds this much without growing: an ordinary pause between two utterances. Units: samples. */
const INITIAL_SAMPLES = 2 * PIPELINE_SAMPLE_RATE_HZ;

/** From s16 to −1…1; a power of two, so nothing is rounded. */
const SCALE = 1 / 32_768;

/**
 * The audio of one channel that may still be needed, by its position in the session. Kept as 16-bit integers: half the memory of
 * the floats that recognisers take.
 */
export interface SampleRing {
  readonly startSample: number;
  readonly endSample: number;
  /**
   * Adds one channel of interleaved s16le audio. What lies before `endSample` is skipped, so a repeat does no harm.
   * @throws RangeError when audio is missing in between.
   */
  append(chunk: InterleavedChunk): void;
  /** A copy as floats from −1 to 1, with `padHeadSamples` and `padTailSamples` of silence around it. */
  copy(range: PaddedRange): Float32Array;
  /** Samples before this position are not needed any more. */
  discardBefore(sample: number): void;
}

export interface InterleavedChunk {
  readonly pcm: Buffer;
  readonly endSample: number;
  readonly channels: number;
  readonly channel: number;
}

export interface PaddedRange {
  readonly fromSample: number;
  readonly toSample: number;
  readonly padHeadSamples?: number;
  readonly padTailSamples?: number;
}

export function createSampleRing(startSample: number): SampleRing {
  let samples = new Int16Array(INITIAL_SAMPLES);
  /** Position in the session of `samples[first]`. */
  let start = startSample;
  let first = 0;
  let length = 0;

  /** Makes room at the end: moves what is held to the front, into a larger array when it fills more than half. */
  function reserve(extra: number): void {
    if (first + length + extra <= samples.length) return;
    const isCrowded = (length + extra) * 2 > samples.length;
    const target = isCrowded ? new Int16Array((length + extra) * 2) : samples;
    target.set(samples.subarray(first, first + length));
    samples = target;
    first = 0;
  }

  return {
    get startSample() {
      return start;
    },
    get endSample() {
      return start + length;
    },
    append({ pcm, endSample, channels, channel }) {
      const frames = pcm.length / 2 / channels;
      const chunkStart = endSample - frames;
      if (!Number.isInteger(frames)) throw new RangeError('audio entry ends inside a sample');
      if (chunkStart > start + length) throw new RangeError('audio is missing between two entries');
      const skipped = Math.min(frames, start + length - chunkStart);
      reserve(frames - skipped);
      takeChannel(toSamples(pcm), { channels, channel, skipped }, samples.subarray(first + length));
      length += frames - skipped;
    },
    copy({ fromSample, toSample, padHeadSamples = 0, padTailSamples = 0 }) {
      if (fromSample < start || toSample > start + length) throw new RangeError('audio asked for is not held any more');
      const source = samples.subarray(first + fromSample - start, first + toSample - start);
      const copied = new Float32Array(padHeadSamples + source.length + padTailSamples);
      for (let index = 0; index < source.length; index += 1) {
        copied[padHeadSamples + index] = (source[index] as number) * SCALE;
      }
      return copied;
    },
    discardBefore(sample) {
      const count = Math.min(length, Math.max(0, sample - start));
      start += count;
      first += count;
      length -= count;
    },
  };
}

/** The bytes as 16-bit numbers. A copy, because Redis answers lie at odd addresses too; every machine node runs on is little-endian. */
function toSamples(pcm: Buffer): Int16Array {
  return new Int16Array(new Uint8Array(pcm).buffer);
}

interface TakenChannel {
  readonly channels: number;
  readonly channel: number;
  /** Samples at the head that are held already. */
  readonly skipped: number;
}

function takeChannel(interleaved: Int16Array, { channels, channel, skipped }: TakenChannel, target: Int16Array): void {
  if (channels === 1) return target.set(interleaved.subarray(skipped));
  const frames = interleaved.length / channels;
  for (let frame = skipped; frame < frames; frame += 1) {
    target[frame - skipped] = interleaved[frame * channels + channel] as number;
  }
}
