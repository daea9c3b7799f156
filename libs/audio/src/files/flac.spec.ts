import { describe, expect, it } from '@jest/globals';
import { toPcm16 } from '../samples/pcm16.ts';
import { readAudioFile } from './read-audio-file.ts';

const BLOCK_SAMPLES = 4_096;

function crc(bytes: readonly number[], bits: 8 | 16, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) value = value & (1 << (bits - 1)) ? (value << 1) ^ polynomial : value << 1;
    value &= 2 ** bits - 1;
  }
  return value;
}

const u16be = (value: number) => [(value >> 8) & 255, value & 255];

/** An uncompressed ("verbatim") subframe; one of equal samples is a "constant" one, as every encoder writes silence. */
function subframe(samples: Int16Array): number[] {
  const [first = 0] = samples;
  return samples.every((sample) => sample === first) ? [0x00, ...u16be(first)] : [0x02, ...[...samples].flatMap(u16be)];
}

/** One frame: 16 kHz, 16 bits. */
function flacFrame(number: number, channels: readonly Int16Array[]): number[] {
  const length = channels[0]?.length ?? 0;
  const head = [0xff, 0xf8, 0x75, ((channels.length - 1) << 4) | 0x08, number, ...u16be(length - 1)];
  const body = channels.flatMap(subframe);
  const frame = [...head, crc(head, 8, 0x07), ...body];
  return [...frame, ...u16be(crc(frame, 16, 0x8005))];
}

/** A whole file as the format's specification lays it out. */
function flac(channels: readonly Int16Array[]): Uint8Array {
  const total = channels[0]?.length ?? 0;
  const rateAndShape = (16_000 << 4) | ((channels.length - 1) << 1);
  const info = [
    ...[...u16be(BLOCK_SAMPLES), ...u16be(BLOCK_SAMPLES), 0, 0, 0, 0, 0, 0],
    ...[(rateAndShape >> 16) & 255, (rateAndShape >> 8) & 255, rateAndShape & 255, 0xf0],
    ...[0, 0, ...u16be(total), ...new Array<number>(16).fill(0)],
  ];
  const frames = Array.from({ length: Math.ceil(total / BLOCK_SAMPLES) }, (_, number) =>
    flacFrame(
      number,
      channels.map((samples) => samples.subarray(number * BLOCK_SAMPLES, (number + 1) * BLOCK_SAMPLES)),
    ),
  );
  return Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, info.length, ...info, ...frames.flat()]);
}

const tone = (hz: number, length: number) =>
  Int16Array.from({ length }, (_, index) => Math.round(32_000 * Math.sin((2 * Math.PI * hz * index) / 16_000)));

const asInt16 = (samples: Float32Array | undefined) => new Int16Array(toPcm16(samples ?? new Float32Array(0)).buffer);

describe('readAudioFile with FLAC', () => {
  it('gives every sample of every channel back', async () => {
    const [left, right] = [tone(440, 10_000), tone(1000, 10_000)];
    const file = await readAudioFile(flac([left, right]));
    expect(file).toMatchObject({ sampleRateHz: 16_000, channels: 2, durationSeconds: 0.625 });
    expect(asInt16(file.samples[0])).toEqual(left);
    expect(asInt16(file.samples[1])).toEqual(right);
  });

  it('gives the digital silence at the end of a file back', async () => {
    const samples = Int16Array.from([...tone(440, 2 * BLOCK_SAMPLES), ...new Array<number>(200).fill(0)]);
    expect(asInt16((await readAudioFile(flac([samples]))).samples[0])).toEqual(samples);
  });

  it('reads a file whose header does not say how long it is', async () => {
    const bytes = flac([tone(440, 5_000)]);
    bytes.fill(0, 22, 26);
    expect((await readAudioFile(bytes)).samples[0]).toHaveLength(5_000);
  });

  it.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1000)],
    ['damaged in the middle', (bytes: Uint8Array) => bytes.fill(0x55, 9_000, 9_100)],
  ])('refuses a file that was %s and says how much is there', async (_how, spoil) => {
    await expect(readAudioFile(spoil(flac([tone(440, 10_000)])))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringMatching(/only 0\.\d of its 0\.6 seconds/) as unknown,
    });
  });

  it('says that a file without a whole frame is damaged', async () => {
    const damaged = flac([tone(440, 10_000)]).subarray(0, 60);
    await expect(readAudioFile(damaged)).rejects.toMatchObject({ code: 'audio_undecodable' });
  });
});
