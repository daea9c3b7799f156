import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAudioFile } from '../src/index.ts';
import { fixtureSamples, likeness, readFixture } from './read-fixture.ts';
import { CONTAINER, pcmOf, soundOf, takeIn } from './take-in.ts';

/** Coded at 24 to 32 kbit/s, the sound is the same to about so much; one sample beside, it is not. */
const SAME_SOUND = 0.99;

const MONO = [
  'speech.wav',
  'speech.flac',
  'speech.mp3',
  'speech.opus.ogg',
  'speech.vorbis.ogg',
  'speech.webm',
  'speech.ulaw.wav',
  'speech.alaw.wav',
  'speech-44k.mp3',
  'speech-44k.vorbis.ogg',
];

let spoken = new Float32Array(0);
beforeAll(async () => {
  [spoken = new Float32Array(0)] = (await fixtureSamples('speech.wav')) as Float32Array<ArrayBuffer>[];
});

describe('packed audio', () => {
  it.each(MONO)('gives the sentence of %s at its instants, no sample too few or too many', async (name) => {
    const { chunks } = await takeIn(readFixture(name));
    const [sound = new Float32Array(0)] = soundOf(chunks);
    expect(sound).toHaveLength(spoken.length);
    expect(likeness(sound, spoken)).toBeGreaterThan(SAME_SOUND);
    expect(chunks.at(-1)?.endSample).toBe(spoken.length);
  });

  it.each(MONO)('gives the same chunks of %s however it is cut', async (name) => {
    const bytes = readFixture(name);
    const whole = await takeIn(bytes, { cuts: [bytes.length] });
    const cuts = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(cuts, async (lengths) => {
        const { chunks, header } = await takeIn(bytes, { cuts: lengths });
        expect(header).toEqual(whole.header);
        expect(pcmOf(chunks).equals(pcmOf(whole.chunks))).toBe(true);
        expect(chunks.map(({ endSample }) => endSample)).toEqual(whole.chunks.map(({ endSample }) => endSample));
      }),
      { numRuns: 5 },
    );
  });

  it.each(['speech-stereo.wav', 'speech-stereo.opus.ogg'])('keeps the two voices of %s apart', async (name) => {
    const { chunks } = await takeIn(readFixture(name), { format: { ...CONTAINER, channels: 2 } });
    const [left = spoken, right = spoken] = soundOf(chunks, 2);
    const [wantedLeft = left, wantedRight = right] = await fixtureSamples('speech-stereo.wav');
    expect(likeness(left, wantedLeft)).toBeGreaterThan(0.97);
    expect(likeness(right, wantedRight)).toBeGreaterThan(0.97);
    expect(Math.abs(likeness(left, wantedRight))).toBeLessThan(0.2);
  });

  it.each(['speech-stereo.wav', 'speech-stereo.opus.ogg'])(
    'mixes the two voices of %s for a session of one',
    async (name) => {
      const [sound = spoken] = soundOf((await takeIn(readFixture(name))).chunks);
      const [left = sound, right = sound] = await fixtureSamples('speech-stereo.wav');
      const mixed = left.map((sample, index) => (sample + (right[index] ?? 0)) / 2);
      expect(likeness(sound, mixed)).toBeGreaterThan(0.97);
    },
  );

  it.each(['speech.wav', 'speech.opus.ogg', 'speech.webm'])(
    'refuses %s for a session of two channels',
    async (name) => {
      await expect(takeIn(readFixture(name), { format: { ...CONTAINER, channels: 2 } })).rejects.toMatchObject({
        code: 'audio_unsupported',
        message: expect.stringContaining('has one channel and the session two') as unknown,
      });
    },
  );

  it('takes what a browser records', async () => {
    const { chunks } = await takeIn(readFixture('speech.chromium.webm'), { cuts: [700] });
    const [sound = spoken] = soundOf(chunks);
    expect(chunks.at(-1)?.endSample).toBe(67_200);
    // The browser's microphone began 2.8 ms after its recording.
    expect(likeness(sound, spoken.subarray(45))).toBeGreaterThan(SAME_SOUND);
  });

  it.each(['speech.m4a', 'speech.aac'])('says who reads %s', async (name) => {
    await expect(takeIn(readFixture(name))).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringMatching(/This is an (MP4|AAC) file, whose AAC only a server with ffmpeg reads/) as unknown,
    });
  });
});

describe('readAudioFile', () => {
  it.each([...MONO, 'speech-stereo.opus.ogg'])('reads %s as a whole', async (name) => {
    const { samples, durationSeconds, channels } = await readAudioFile(readFixture(name));
    expect(samples).toHaveLength(channels);
    expect(durationSeconds).toBeCloseTo(name.includes('stereo') ? 3.301 : 3.045, 2);
  });
});
