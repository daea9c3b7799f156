import { SttError } from '@verbatim/protocol';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import type { AudioFile } from './audio-file.ts';

/** The stream's length stands in the low 36 bits of the eight bytes here, after the marker and the block's header. */
const LENGTH_AT = 18;
const LENGTH_HIGH_BITS = 0x0f;

/**
 * Reads a FLAC file.
 * @throws SttError `audio_undecodable` when it is damaged or cut off: then it holds less than its header says.
 */
export async function readFlac(bytes: Uint8Array): Promise<AudioFile> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const { channelData, samplesDecoded, sampleRate, bitDepth } = await decoder.decodeFile(withEnd(bytes));
    refuseIncomplete(bytes, samplesDecoded, sampleRate);
    return {
      sampleRateHz: sampleRate,
      channels: channelData.length,
      samples: channelData.map((samples) => toHouseScale(samples, bitDepth)),
      durationSeconds: samplesDecoded / sampleRate,
    };
  } finally {
    decoder.free();
  }
}

/** The decoder drops a last frame of a few bytes, as digital silence makes it, unless a byte follows. */
function withEnd(bytes: Uint8Array): Uint8Array {
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  return ended;
}

/** A FLAC written to a pipe says 0: its length is not known. */
function refuseIncomplete(bytes: Uint8Array, samplesDecoded: number, sampleRateHz: number): void {
  if (samplesDecoded === 0)
    throw new SttError('audio_undecodable', 'This FLAC file is damaged: it holds no whole frame.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = (view.getUint32(LENGTH_AT) & LENGTH_HIGH_BITS) * 2 ** 32 + view.getUint32(LENGTH_AT + 4);
  if (samplesDecoded >= wanted) return;
  const [found, said] = [samplesDecoded, wanted].map((samples) => (samples / sampleRateHz).toFixed(1));
  throw new SttError(
    'audio_undecodable',
    `This FLAC file is damaged or cut off: only ${found} of its ${said} seconds can be read.`,
  );
}

/** The decoder takes the largest integer for 1; everywhere in the house it is the power of two, and 16 bits survive exactly. */
function toHouseScale(samples: Float32Array, bitDepth: number): Float32Array {
  const fullScale = 2 ** (bitDepth - 1);
  return samples.map((sample) => (sample * (fullScale - 1)) / fullScale);
}
