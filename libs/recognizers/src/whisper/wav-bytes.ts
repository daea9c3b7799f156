import { BYTES_PER_SAMPLE, PIPELINE_SAMPLE_RATE_HZ, toPcm16 } from '@verbatim/audio';

/** RIFF header, format chunk and the head of the data chunk. Units: bytes. */
const HEADER_BYTES = 44;
const PCM_FORMAT_BYTES = 16;
const PCM = 1;
const MONO = 1;

/** Puts 16 kHz samples (−1…1) into a WAV file of 16 bits, in memory. */
export function toWavBytes(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const audio = toPcm16(samples);
  const bytes = new Uint8Array(HEADER_BYTES + audio.length);
  const view = new DataView(bytes.buffer);
  const putName = (at: number, name: string) => bytes.set(new TextEncoder().encode(name), at);
  putName(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  putName(8, 'WAVEfmt ');
  view.setUint32(16, PCM_FORMAT_BYTES, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, MONO, true);
  view.setUint32(24, PIPELINE_SAMPLE_RATE_HZ, true);
  view.setUint32(28, PIPELINE_SAMPLE_RATE_HZ * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, BYTES_PER_SAMPLE * 8, true);
  putName(36, 'data');
  view.setUint32(40, audio.length, true);
  bytes.set(audio, HEADER_BYTES);
  return bytes;
}
