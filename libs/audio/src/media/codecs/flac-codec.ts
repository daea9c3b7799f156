import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { soundOf, withoutComplaints, type PackageResult, type PacketCodec } from './packet-codec.ts';

/** The package's decoder behind its promises: decoding is synchronous in truth, and here there is nobody to wait. */
interface SynchronousDecoder {
  decodeFrames(frames: readonly Uint8Array[]): PackageResult & { readonly bitDepth: number };
}

/** Opens libFLAC, which takes one frame at a time; what the file's head says it does not need. */
export async function openFlacCodec(): Promise<PacketCodec> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  const { _decoder: inner } = decoder as unknown as { readonly _decoder: SynchronousDecoder };
  return {
    decode(frame) {
      const result = withoutComplaints(() => inner.decodeFrames([frame]));
      return soundOf(result)?.map((samples) => toHouseScale(samples, result.bitDepth));
    },
    free: () => decoder.free(),
  };
}

/** The decoder takes the largest integer for 1; everywhere in the house it is the power of two, and 16 bits survive exactly. */
function toHouseScale(samples: Float32Array, bitDepth: number): Float32Array {
  const fullScale = 2 ** (bitDepth - 1);
  return samples.map((sample) => (sample * (fullScale - 1)) / fullScale);
}
