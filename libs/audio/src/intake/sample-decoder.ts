import { SttError } from '@verbatim/protocol';
import { decodeAlaw, decodeMulaw } from '../g711.ts';
import type { AudioFormat } from '../intake.ts';

/** One channel of the input: its first sample's byte, and how far apart its samples lie. */
export interface Lane {
  readonly firstByte: number;
  readonly strideBytes: number;
}

export interface SampleDecoder {
  readonly bytesPerSample: number;
  /** Fills `samples` (−1…1) from one channel of the input. */
  decode(view: DataView, lane: Lane, samples: Float32Array): void;
}

const FULL_SCALE = 32_768;

/** Floats a little above 1 happen (and are clamped); beyond this the numbers are no audio, or integers sent as floats. */
const ABSURD_AMPLITUDE = 64;

/** One plain loop each: a function call per sample made decoding cost more than resampling. */
const DECODERS: Readonly<Record<AudioFormat['encoding'], SampleDecoder>> = {
  pcm_s16le: {
    bytesPerSample: 2,
    decode(view, { firstByte, strideBytes }, samples) {
      for (let index = 0, at = firstByte; index < samples.length; index += 1, at += strideBytes) {
        samples[index] = view.getInt16(at, true) / FULL_SCALE;
      }
    },
  },
  pcm_f32le: {
    bytesPerSample: 4,
    decode(view, { firstByte, strideBytes }, samples) {
      for (let index = 0, at = firstByte; index < samples.length; index += 1, at += strideBytes) {
        const sample = view.getFloat32(at, true);
        samples[index] = sample >= -1 && sample <= 1 ? sample : clampPlausible(sample);
      }
    },
  },
  mulaw: {
    bytesPerSample: 1,
    decode(view, { firstByte, strideBytes }, samples) {
      for (let index = 0, at = firstByte; index < samples.length; index += 1, at += strideBytes) {
        samples[index] = decodeMulaw(view.getUint8(at)) / FULL_SCALE;
      }
    },
  },
  alaw: {
    bytesPerSample: 1,
    decode(view, { firstByte, strideBytes }, samples) {
      for (let index = 0, at = firstByte; index < samples.length; index += 1, at += strideBytes) {
        samples[index] = decodeAlaw(view.getUint8(at)) / FULL_SCALE;
      }
    },
  },
};

/** How samples of an encoding are read. @throws SttError `audio_undecodable` when decoding pcm_f32le. */
export function sampleDecoder(encoding: AudioFormat['encoding']): SampleDecoder {
  return DECODERS[encoding];
}

function clampPlausible(sample: number): number {
  if (Math.abs(sample) <= ABSURD_AMPLITUDE) return Math.sign(sample);
  const found = Number.isFinite(sample) ? `a sample of ${sample.toPrecision(3)}` : 'a sample that is no number';
  throw new SttError(
    'audio_undecodable',
    `The audio is not pcm_f32le: ${found} was found where samples lie from -1 to 1; check encoding and byte order.`,
    { field: 'encoding' },
  );
}
