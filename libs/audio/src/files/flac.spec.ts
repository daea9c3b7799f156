import { describe, expect, it } from '@jest/globals';
import { toPcm16 } from '../samples/pcm16.ts';
import { BLOCK_SAMPLES, flac } from '../../test/flac-file.ts';
import { readAudioFile } from './read-audio-file.ts';

const tone = (hz: number, length: number) =>
  Int16Array.from({ length }, (_, index) => Math.round(32_000 * Math.sin((2 * Math.PI * hz * index) / 16_000)));

const asInt16 = (samples: Float32Array | undefined) => new Int16Array(toPcm16(samples ?? new Float32Array(0)).buffer);

/** Frames of 4096 samples as they are: 8 bytes before them, a check of 2 behind. */
function withoutSecondFrame(bytes: Uint8Array): Uint8Array {
  const [head, frame] = [42, BLOCK_SAMPLES * 2 + 11];
  return new Uint8Array(Buffer.concat([bytes.subarray(0, head + frame), bytes.subarray(head + 2 * frame)]));
}

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
    ['cut off', /only 0\.\d of its 0\.6 seconds/, (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1000)],
    [
      'damaged in the middle',
      /the frame at byte 8\d+ cannot be read/,
      (bytes: Uint8Array) => bytes.fill(0x55, 9_000, 9_100),
    ],
    ['without a piece in the middle', /cannot be read|sound is missing/, withoutSecondFrame],
  ])('refuses a file that was %s and says what is there', async (_how, message, spoil) => {
    await expect(readAudioFile(spoil(flac([tone(440, 10_000)])))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('says that a file without a whole frame is damaged', async () => {
    const damaged = flac([tone(440, 10_000)]).subarray(0, 60);
    await expect(readAudioFile(damaged)).rejects.toMatchObject({ code: 'audio_undecodable' });
  });
});
