import { BYTES_PER_SAMPLE } from '../pipeline-format.ts';

/** −1…1 as floating point is −32768…32767 as 16 bits; a division by it and back is exact. */
const FULL_SCALE = 32_768;
const LARGEST = FULL_SCALE - 1;

/** Converts samples (−1…1, louder ones are clamped) to s16le bytes. */
export function toPcm16(samples: Float32Array): Uint8Array {
  return toInterleavedPcm16([samples]);
}

/** Converts channels of equal length to interleaved s16le bytes. */
export function toInterleavedPcm16(channels: readonly Float32Array[]): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const bytes = new Uint8Array(frames * channels.length * BYTES_PER_SAMPLE);
  const view = new DataView(bytes.buffer);
  channels.forEach((samples, channel) => {
    const strideBytes = channels.length * BYTES_PER_SAMPLE;
    for (let frame = 0, at = channel * BYTES_PER_SAMPLE; frame < frames; frame += 1, at += strideBytes) {
      const scaled = (samples[frame] as number) * FULL_SCALE;
      const rounded = Math.floor(scaled + 0.5);
      view.setInt16(at, rounded > LARGEST ? LARGEST : rounded < -FULL_SCALE ? -FULL_SCALE : rounded, true);
    }
  });
  return bytes;
}

/** Takes one channel out of interleaved s16le bytes, as −1…1; an incomplete frame at the end is left out. */
export function fromPcm16(bytes: Uint8Array, channel = 0, channels = 1): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frameBytes = channels * BYTES_PER_SAMPLE;
  const samples = new Float32Array(Math.floor(bytes.length / frameBytes));
  for (let frame = 0, at = channel * BYTES_PER_SAMPLE; frame < samples.length; frame += 1, at += frameBytes) {
    samples[frame] = view.getInt16(at, true) / FULL_SCALE;
  }
  return samples;
}
