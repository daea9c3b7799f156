import type { AudioFormat } from '../intake.ts';
import { sampleDecoder } from './sample-decoder.ts';

/** Bytes cut anywhere become samples of each channel. */
export interface FrameDecoder {
  /** Units: bytes of one sample of every channel. */
  readonly frameBytes: number;
  /** Bytes of an incomplete frame. */
  readonly danglingBytes: number;
  /** The samples of the whole frames there are now, one array per channel, −1…1. */
  decode(bytes: Uint8Array): readonly Float32Array[];
}

/** Creates a decoder that remembers an incomplete frame until its other part comes. */
export function createFrameDecoder({ encoding, channels }: AudioFormat): FrameDecoder {
  const decoder = sampleDecoder(encoding);
  const { bytesPerSample } = decoder;
  const frameBytes = bytesPerSample * channels;
  let dangling = new Uint8Array(0);

  return {
    frameBytes,
    get danglingBytes() {
      return dangling.length;
    },
    decode(bytes) {
      const joined = dangling.length === 0 ? bytes : join(dangling, bytes);
      const frames = Math.floor(joined.length / frameBytes);
      dangling = joined.slice(frames * frameBytes);
      const view = new DataView(joined.buffer, joined.byteOffset, frames * frameBytes);
      return Array.from({ length: channels }, (_, channel) => {
        const samples = new Float32Array(frames);
        decoder.decode(view, { firstByte: channel * bytesPerSample, strideBytes: frameBytes }, samples);
        return samples;
      });
    },
  };
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
