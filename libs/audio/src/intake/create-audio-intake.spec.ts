import { describe, expect, it } from '@jest/globals';
import type { SttError } from '@verbatim/protocol';
import fc from 'fast-check';
import { encodeAlaw, encodeMulaw } from '../g711.ts';
import type { AudioChunk, AudioFormat, AudioIntake } from '../intake.ts';
import { CHUNK_SAMPLES } from '../pipeline-format.ts';
import { fromPcm16 } from '../samples/pcm16.ts';
import { createAudioIntake } from './create-audio-intake.ts';

const BYTES: Record<AudioFormat['encoding'], number> = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 };

/** Encodes interleaved samples (−1…1) as a client would. */
function encode(encoding: AudioFormat['encoding'], samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * BYTES[encoding]);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => {
    const scaled = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    if (encoding === 'pcm_s16le') view.setInt16(index * 2, scaled, true);
    if (encoding === 'pcm_f32le') view.setFloat32(index * 4, sample, true);
    if (encoding === 'mulaw') view.setUint8(index, encodeMulaw(scaled));
    if (encoding === 'alaw') view.setUint8(index, encodeAlaw(scaled));
  });
  return bytes;
}

/** A tone on the left and, where there is one, another on the right. */
function tones({ sampleRateHz, channels }: AudioFormat, seconds: number): number[] {
  const frames = Math.round(seconds * sampleRateHz);
  return Array.from({ length: frames * channels }, (_, index) => {
    const hz = index % channels === 0 ? 440 : 1000;
    return 0.5 * Math.sin((2 * Math.PI * hz * Math.floor(index / channels)) / sampleRateHz);
  });
}

function feed(intake: AudioIntake, bytes: Uint8Array, cuts: readonly number[] = []): AudioChunk[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((place, index) => [...intake.accept(bytes.subarray(places[index], place))]);
}

function drain(intake: AudioIntake): AudioChunk[] {
  const rest = intake.flush();
  return rest === undefined ? [] : [rest];
}

function pcmOf(chunks: readonly AudioChunk[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap(({ pcm }) => [...pcm]));
}

const FORMATS: AudioFormat[] = [
  { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 },
  { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 2 },
  { encoding: 'pcm_f32le', sampleRateHz: 16_000, channels: 2 },
  { encoding: 'pcm_f32le', sampleRateHz: 48_000, channels: 1 },
  { encoding: 'pcm_s16le', sampleRateHz: 44_100, channels: 2 },
  { encoding: 'pcm_s16le', sampleRateHz: 11_025, channels: 1 },
  { encoding: 'mulaw', sampleRateHz: 8_000, channels: 1 },
  { encoding: 'alaw', sampleRateHz: 8_000, channels: 2 },
  { encoding: 'pcm_s16le', sampleRateHz: 15_999, channels: 1 },
];

const named = FORMATS.map(
  (format) => [`${format.encoding} ${format.sampleRateHz} Hz × ${format.channels}`, format] as const,
);

describe.each(named)('an intake of %s', (_name, format) => {
  const frameBytes = BYTES[format.encoding] * format.channels;

  it('gives the same chunks for any cut of the bytes, in the middle of a sample too', async () => {
    const bytes = encode(format.encoding, tones(format, 0.33));
    const whole = await createAudioIntake(format);
    const expected = [...feed(whole, bytes), ...drain(whole)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 30 }), async (cuts) => {
        const intake = await createAudioIntake(format);
        expect([...feed(intake, bytes, cuts), ...drain(intake)]).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('makes 16 samples of every millisecond, no more and no fewer', async () => {
    const intake = await createAudioIntake(format);
    const frames = Math.round(format.sampleRateHz * 1.2345);
    const chunks = feed(intake, new Uint8Array(frames * frameBytes));
    for (const { pcm } of chunks) expect(pcm).toHaveLength(CHUNK_SAMPLES * 2 * format.channels);
    const all = [...chunks, ...drain(intake)];
    expect(all.at(-1)?.endSample).toBe(Math.round((frames * 16_000) / format.sampleRateHz));
    expect(pcmOf(all)).toHaveLength((all.at(-1)?.endSample ?? 0) * 2 * format.channels);
    expect(all.at(-1)?.clientBytes).toBe(frames * frameBytes);
  });

  it('says exactly which bytes each 100 ms stand for', async () => {
    const intake = await createAudioIntake(format);
    const chunks = feed(intake, new Uint8Array(format.sampleRateHz * 2 * frameBytes));
    expect(chunks.length).toBeGreaterThanOrEqual(19);
    chunks.forEach(({ endSample, clientBytes }, index) => {
      expect(endSample).toBe((index + 1) * CHUNK_SAMPLES);
      expect(clientBytes).toBe(Math.floor(((index + 1) * format.sampleRateHz) / 10) * frameBytes);
    });
  });

  it('goes on after a flush without a gap', async () => {
    const bytes = encode(format.encoding, tones(format, 0.6));
    const half = Math.round(format.sampleRateHz * 0.25) * frameBytes;
    const [flushed, straight] = [await createAudioIntake(format), await createAudioIntake(format)];
    const parts = [
      ...flushed.accept(bytes.subarray(0, half)),
      ...drain(flushed),
      ...flushed.accept(bytes.subarray(half)),
      ...drain(flushed),
    ];
    const expected = pcmOf([...feed(straight, bytes), ...drain(straight)]);
    expect(parts.at(-1)?.endSample).toBe(expected.length / 2 / format.channels);
    // Only the last instant before the flush had to be computed without what followed.
    const settled = Math.ceil(0.26 * 16_000) * 2 * format.channels;
    expect(pcmOf(parts).subarray(settled)).toEqual(expected.subarray(settled));
  });

  it('goes on where a resumed session stopped, with the numbers and the sound of an unbroken one', async () => {
    const bytes = encode(format.encoding, tones(format, 0.6));
    const straight = await createAudioIntake(format);
    const expected = [...feed(straight, bytes), ...drain(straight)];
    const last = expected[1] as AudioChunk;
    const resumed = await createAudioIntake(format, { sample: last.endSample, clientBytes: last.clientBytes });
    const after = [...feed(resumed, bytes.subarray(last.clientBytes)), ...drain(resumed)];
    expect(after.map(({ endSample }) => endSample)).toEqual(expected.slice(2).map(({ endSample }) => endSample));
    expect(after.at(-1)?.clientBytes).toBe(bytes.length);
    const settled = 300 * 2 * format.channels;
    const tail = pcmOf(after).subarray(settled);
    const wanted = pcmOf(expected.slice(2)).subarray(settled);
    const [got, want] = [fromPcm16(tail), fromPcm16(wanted)];
    expect(Math.max(...got.map((sample, index) => Math.abs(sample - (want[index] ?? 9))))).toBeLessThan(0.02);
  });

  it('keeps the channels apart and the level as it was', async () => {
    const intake = await createAudioIntake(format);
    const chunks = feed(intake, encode(format.encoding, tones(format, 0.5)));
    const pcm = pcmOf(chunks);
    const steady = (channel: number) => fromPcm16(pcm, channel, format.channels).subarray(1600, 4800);
    expect(levelDb(steady(0), 440)).toBeCloseTo(-6.02, 1);
    if (format.channels === 1) return;
    expect(levelDb(steady(1), 1000)).toBeCloseTo(-6.02, 1);
    expect(levelDb(steady(0), 1000)).toBeLessThan(-45);
    expect(levelDb(steady(1), 440)).toBeLessThan(-45);
  });

  it('waits for the other half of a sample', async () => {
    const intake = await createAudioIntake(format);
    intake.accept(new Uint8Array(frameBytes * 5 + frameBytes - 1));
    expect(intake.danglingBytes).toBe(frameBytes - 1);
    expect(intake.flush()?.clientBytes).toBe(frameBytes * 5);
    expect(intake.danglingBytes).toBe(frameBytes - 1);
    intake.accept(new Uint8Array(1));
    expect(intake.danglingBytes).toBe(0);
  });
});

/** Amplitude of one frequency (Goertzel), in dB below full scale. */
function levelDb(samples: Float32Array, hz: number): number {
  let [sine, cosine] = [0, 0];
  samples.forEach((sample, index) => {
    sine += sample * Math.sin((2 * Math.PI * hz * index) / 16_000);
    cosine += sample * Math.cos((2 * Math.PI * hz * index) / 16_000);
  });
  return 20 * Math.log10((2 * Math.hypot(sine, cosine)) / samples.length);
}

describe('createAudioIntake', () => {
  it.each(['pcm_f32le', 'mulaw', 'alaw'] as const)(
    'gives several chunks of 16 kHz %s at once as one by one',
    async (encoding) => {
      const format = { encoding, sampleRateHz: 16_000, channels: 1 };
      // A ramp: every chunk of the tones is like the one before it, and would hide a chunk in another's place.
      const ramp = Array.from({ length: 8_800 }, (_, index) => index / 8_800);
      const bytes = encode(encoding, ramp);
      const [atOnce, oneByOne] = [await createAudioIntake(format), await createAudioIntake(format)];
      const chunks = atOnce.accept(bytes);
      const cut = CHUNK_SAMPLES * BYTES[encoding];
      const single = Array.from({ length: 5 }, (_, index) =>
        oneByOne.accept(bytes.slice(index * cut, (index + 1) * cut)),
      );
      expect(chunks).toEqual(single.flat());
    },
  );

  it('gives chunks that a later change of the input does not touch', async () => {
    const intake = await createAudioIntake({ encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 });
    const bytes = new Uint8Array(3200).fill(1);
    const [chunk] = intake.accept(bytes);
    bytes.fill(2);
    intake.accept(bytes);
    expect(chunk?.pcm).toEqual(new Uint8Array(3200).fill(1));
    expect(chunk?.pcm.buffer.byteLength).toBe(3200);
  });

  it('flushes nothing when there is nothing', async () => {
    for (const format of FORMATS) {
      const intake = await createAudioIntake(format);
      expect([intake.flush(), intake.accept(new Uint8Array(0))]).toEqual([undefined, []]);
    }
  });

  it('clamps floats that are a little too loud', async () => {
    const intake = await createAudioIntake({ encoding: 'pcm_f32le', sampleRateHz: 16_000, channels: 1 });
    intake.accept(encode('pcm_f32le', [1.5, -7, 0.5]));
    expect([...fromPcm16(intake.flush()?.pcm ?? new Uint8Array())]).toEqual([32767 / 32768, -1, 0.5]);
  });

  it.each([
    ['a sample that is no number', NaN],
    ['a sample that is no number', -Infinity],
    ['a sample of 2.07e+4', 20_712],
    ['a sample of -65.0', -65],
  ])('refuses floats that cannot be audio: %s', async (found, sample) => {
    const intake = await createAudioIntake({ encoding: 'pcm_f32le', sampleRateHz: 48_000, channels: 1 });
    const refusal = expect.objectContaining({
      code: 'audio_undecodable',
      message: expect.stringContaining(found) as unknown,
    }) as unknown as SttError;
    expect(() => intake.accept(encode('pcm_f32le', [0, sample]))).toThrow(refusal);
  });

  it('refuses to start where sample and bytes contradict each other', async () => {
    const opening = createAudioIntake(
      { encoding: 'pcm_s16le', sampleRateHz: 48_000, channels: 1 },
      { sample: 16_000, clientBytes: 32_000 },
    );
    await expect(opening).rejects.toThrow('cannot start at sample 16000 and input frame 16000 of 48000 Hz');
  });

  it.each([
    ['sample_rate', { encoding: 'mulaw', sampleRateHz: 7999, channels: 1 }],
    ['sample_rate', { encoding: 'mulaw', sampleRateHz: 48_001, channels: 1 }],
    ['sample_rate', { encoding: 'mulaw', sampleRateHz: 8000.5, channels: 1 }],
    ['channels', { encoding: 'mulaw', sampleRateHz: 8000, channels: 3 }],
    ['channels', { encoding: 'mulaw', sampleRateHz: 8000, channels: 0 }],
  ] as const)('refuses a %s out of range', async (field, format) => {
    await expect(createAudioIntake(format)).rejects.toMatchObject({ code: 'audio_unsupported', field });
  });
});
