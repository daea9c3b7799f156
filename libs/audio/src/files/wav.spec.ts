import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { readAudioFile } from './read-audio-file.ts';

interface WavParts {
  readonly tag?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly data?: readonly number[];
  readonly dataLength?: number;
  readonly extensible?: boolean;
  readonly before?: readonly number[];
}

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

function wav(parts: WavParts): Uint8Array {
  const { tag = 1, bits = 16, channels = 1, rate = 16_000, data = [], extensible = false, before = [] } = parts;
  const frameBytes = (channels * bits) / 8;
  const format = [
    ...[...u16(extensible ? 0xfffe : tag), ...u16(channels), ...u32(rate)],
    ...[...u32(rate * frameBytes), ...u16(frameBytes), ...u16(bits)],
    ...(extensible ? [...u16(22), ...u16(bits), ...u32(3), ...u16(tag), ...new Array<number>(14).fill(9)] : []),
  ];
  const body = [
    ...[...ascii('WAVE'), ...ascii('fmt '), ...u32(format.length), ...format, ...before],
    ...[...ascii('data'), ...u32(parts.dataLength ?? data.length), ...data],
  ];
  return Uint8Array.from([...ascii('RIFF'), ...u32(body.length), ...body]);
}

const float32 = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
const float64 = (value: number) => [...new Uint8Array(Float64Array.of(value).buffer)];

describe('readAudioFile with WAV', () => {
  it.each([
    ['8-bit PCM', { bits: 8, data: [0, 128, 192] }, [-1, 0, 0.5]],
    ['16-bit PCM', { data: [0, 128, 0, 0, 0, 64] }, [-1, 0, 0.5]],
    ['24-bit PCM', { bits: 24, data: [0, 0, 128, 0, 0, 0, 0, 0, 64] }, [-1, 0, 0.5]],
    ['32-bit PCM', { bits: 32, data: [0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 64] }, [-1, 0, 0.5]],
    ['32-bit float', { tag: 3, bits: 32, data: [...float32(-1), ...float32(0.25)] }, [-1, 0.25]],
    ['64-bit float', { tag: 3, bits: 64, data: [...float64(-1), ...float64(0.25)] }, [-1, 0.25]],
    ['A-law', { tag: 6, bits: 8, data: [0xd5, 0x55] }, [8 / 32768, -8 / 32768]],
    ['mu-law', { tag: 7, bits: 8, data: [0x00, 0xff] }, [-32124 / 32768, 0]],
    ['extensible 16-bit PCM', { extensible: true, data: [0, 128, 0, 64] }, [-1, 0.5]],
    ['extensible float', { extensible: true, tag: 3, bits: 32, data: float32(0.5) }, [0.5]],
  ])('reads %s', async (_name, parts, samples) => {
    const file = await readAudioFile(wav(parts));
    expect(file.samples.map((lane) => [...lane])).toEqual([samples]);
    expect(file).toMatchObject({ sampleRateHz: 16_000, channels: 1, durationSeconds: samples.length / 16_000 });
  });

  it('keeps two channels apart', async () => {
    const file = await readAudioFile(wav({ channels: 2, rate: 44_100, data: [0, 128, 0, 64, 0, 64, 0, 128] }));
    expect(file.samples.map((lane) => [...lane])).toEqual([
      [-1, 0.5],
      [0.5, -1],
    ]);
    expect(file.durationSeconds).toBeCloseTo(2 / 44_100, 9);
  });

  it('passes over chunks that it does not know, odd ones with their padding', async () => {
    const before = [...ascii('LIST'), ...u32(3), 1, 2, 3, 0];
    expect([...((await readAudioFile(wav({ before, data: [0, 64] }))).samples[0] ?? [])]).toEqual([0.5]);
  });

  it.each([0, 0xffff_ffff, 1000])('takes what is there when the length of the data says %i', async (dataLength) => {
    const file = await readAudioFile(wav({ data: [0, 64, 0, 64, 0], dataLength }));
    expect([...(file.samples[0] ?? [])]).toEqual([0.5, 0.5]);
  });

  it.each([
    [4n, 2],
    [0n, 3],
    [0xffff_ffff_ffff_ffffn, 3],
  ])('takes the length of an RF64 file from its own chunk: %i bytes', async (length, samples) => {
    const sizes = [...new Uint8Array(BigUint64Array.of(0n, length, 0n).buffer), ...u32(0)];
    const bytes = wav({
      data: [0, 64, 0, 64, 0, 64],
      dataLength: 0xffff_ffff,
      before: [...ascii('ds64'), ...u32(sizes.length), ...sizes],
    });
    bytes.set(ascii('RF64'));
    expect((await readAudioFile(bytes)).samples[0]).toHaveLength(samples);
  });

  it('refuses floats that are no numbers', async () => {
    const bytes = wav({ tag: 3, bits: 32, data: [...float32(0.5), ...float32(NaN)] });
    await expect(readAudioFile(bytes)).rejects.toMatchObject({ code: 'audio_undecodable' });
  });

  it('reads a file of no samples', async () => {
    expect(await readAudioFile(wav({}))).toMatchObject({ durationSeconds: 0, samples: [new Float32Array(0)] });
  });

  it.each([
    ['audio_undecodable', /its header is missing or cut off/, wav({}).subarray(0, 14)],
    ['audio_undecodable', /its header is missing or cut off/, wav({}).subarray(0, 30)],
    ['audio_undecodable', /ends before any sound begins/, wav({}).subarray(0, 40)],
    ['audio_undecodable', /says 0 channels/, wav({ channels: 0 })],
    ['audio_unsupported', /4-bit audio of format 2; accepted are PCM/, wav({ tag: 2, bits: 4 })],
    ['audio_unsupported', /8-bit audio of format 85/, wav({ tag: 85, bits: 8 })],
  ] as const)('answers %s: %s', async (code, sentence, bytes) => {
    const error: unknown = await readAudioFile(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SttError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) as unknown });
  });
});

describe('readAudioFile with anything else', () => {
  it.each([
    [
      'audio_unsupported',
      'This is an MP4 file, whose AAC only a server with ffmpeg reads; accepted everywhere are WAV, FLAC',
      [0, 0, 0, 32, ...ascii('ftypM4A ')],
    ],
    [
      'audio_unsupported',
      'This is no known audio file (it begins with 7f 45 4c 46)',
      [0x7f, ...ascii('ELF'), ...new Array<number>(12).fill(0)],
    ],
    ['audio_unsupported', 'This is no known audio file (it begins with 25 50 44 46)', ascii('%PDF-1.7')],
    ['audio_undecodable', 'The file is empty: 0 bytes', []],
  ])('answers %s: %s', async (code, sentence, bytes) => {
    const refused = readAudioFile(Uint8Array.from(bytes));
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) as unknown });
  });
});
