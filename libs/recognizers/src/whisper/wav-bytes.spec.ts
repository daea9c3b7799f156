import { expect, it } from '@jest/globals';
import { readAudioFile } from '@verbatim/audio';
import { toWavBytes } from './wav-bytes.ts';

it('makes a WAV file that is read back as it was', async () => {
  const samples = Float32Array.from({ length: 1_600 }, (_, at) => Math.round(Math.sin(at) * 20_000) / 32_768);
  const file = await readAudioFile(toWavBytes(samples));
  expect(file).toMatchObject({ sampleRateHz: 16_000, channels: 1, durationSeconds: 0.1 });
  expect(Array.from(file.samples[0] ?? [])).toEqual(Array.from(samples));
});
