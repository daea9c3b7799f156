import { SttError } from '@verbatim/protocol';
import { sampleDecoder, type Lane, type SampleDecoder } from '../../intake/sample-decoder.ts';

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;

const FULL_SCALE_24 = 2 ** 23;
const FULL_SCALE_32 = 2 ** 31;

/** Floats above 1 happen (they are clamped at the end of the way); beyond this they are no audio, as in a client's raw floats. */
const ABSURD_AMPLITUDE = 64;

type Reader = (view: DataView, at: number) => number;

function oneByOne(bytesPerSample: number, read: Reader): SampleDecoder {
  return {
    bytesPerSample,
    decode(view: DataView, { firstByte, strideBytes }: Lane, samples: Float32Array) {
      for (let index = 0, at = firstByte; index < samples.length; index += 1, at += strideBytes) {
        samples[index] = read(view, at);
      }
    },
  };
}

/** By format and bits per sample; those that a client may send raw are decoded by the same loops. */
const DECODERS: Readonly<Record<string, SampleDecoder>> = {
  [`${PCM}/8`]: oneByOne(1, (view, at) => (view.getUint8(at) - 128) / 128),
  [`${PCM}/16`]: sampleDecoder('pcm_s16le'),
  [`${PCM}/24`]: oneByOne(3, (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / FULL_SCALE_24),
  [`${PCM}/32`]: oneByOne(4, (view, at) => view.getInt32(at, true) / FULL_SCALE_32),
  [`${FLOAT}/32`]: oneByOne(4, (view, at) => plausible(view.getFloat32(at, true))),
  [`${FLOAT}/64`]: oneByOne(8, (view, at) => plausible(view.getFloat64(at, true))),
  [`${ALAW}/8`]: sampleDecoder('alaw'),
  [`${MULAW}/8`]: sampleDecoder('mulaw'),
};

/** How the samples of a WAV file are read; `undefined` for a format that is not among the accepted ones. */
export function wavSampleDecoder(formatTag: number, bits: number): SampleDecoder | undefined {
  return DECODERS[`${formatTag}/${bits}`];
}

function plausible(sample: number): number {
  if (Math.abs(sample) <= ABSURD_AMPLITUDE) return sample;
  const found = Number.isFinite(sample) ? sample.toPrecision(3) : 'a sample that is no number';
  throw new SttError(
    'audio_undecodable',
    `This WAV file is damaged: it says float and holds ${found} where samples lie from -1 to 1.`,
  );
}
