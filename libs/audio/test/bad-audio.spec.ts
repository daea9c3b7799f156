import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import type { AudioChunk } from '../src/index.ts';
import { silentFlac } from './flac-file.ts';
import { joined, oggPage } from './ogg-file.ts';
import { readFixture } from './read-fixture.ts';
import { CONTAINER, openIntake, takeIn } from './take-in.ts';
import { opusHead } from './webm-file.ts';

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const FILES = [
  'speech.wav',
  'speech.ulaw.wav',
  'speech.flac',
  'speech.mp3',
  'speech.opus.ogg',
  'speech.vorbis.ogg',
  'speech.webm',
];

/** A day. */
const DAY_SECONDS = 86_400;

/** Reproducible: a failure names the file and the number of its spoiled copy. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The samples that came, or the error: never anything else. */
async function outcome(bytes: Uint8Array): Promise<number | SttError> {
  try {
    return (await takeIn(bytes)).chunks.at(-1)?.endSample ?? 0;
  } catch (error) {
    if (error instanceof SttError && error.code.startsWith('audio_')) return error;
    throw error;
  }
}

describe('a file that is cut off', () => {
  it.each(FILES)('gives what there is of %s, or says what is missing', async (name) => {
    const bytes = readFixture(name);
    const found: number[] = [];
    for (let part = 1; part < 16; part += 1) {
      const result = await outcome(bytes.subarray(0, Math.floor((bytes.length * part) / 16)));
      if (typeof result === 'number') found.push(result);
    }
    expect(found.length).toBeGreaterThan(8);
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(Math.max(...found)).toBeGreaterThan(30_000);
  });
});

describe('a file with flipped bits', () => {
  it.each(FILES)('of %s is read or refused, and nothing else happens', async (name) => {
    const bytes = readFixture(name);
    const random = createRandom(name.length);
    for (let copy = 0; copy < 40; copy += 1) {
      const spoiled = bytes.slice();
      for (let flip = 0; flip <= copy % 3; flip += 1) {
        const at = random(copy % 2 === 0 ? bytes.length : 200);
        spoiled[at] = (spoiled[at] ?? 0) ^ (1 << random(8));
      }
      await outcome(spoiled);
    }
  });
});

describe('what is no audio file', () => {
  it.each([
    ['ELF', [0x7f, ...ascii('ELF')]],
    ['HTML', ascii('<!DOCTYPE html>')],
    ['ZIP', [...ascii('PK'), 3, 4]],
    ['SVG', ascii('<svg xmlns=')],
    ['a playlist', ascii('#EXTM3U\nfile:///etc/passwd')],
    ['0xff for ever', new Array<number>(20_000).fill(0xff)],
  ])('is refused with what is accepted: %s', async (_what, start) => {
    const bytes = joined(Uint8Array.from(start), new Uint8Array(100));
    await expect(takeIn(bytes, { cuts: [3] })).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringContaining(
        'accepted are WAV, FLAC, MP3, Ogg with Opus or Vorbis, and WebM with Opus',
      ) as unknown,
    });
  });

  it.each([
    ['nothing at all', '', 'The file is empty: 0 bytes.'],
    ['a marker alone', 'fLaC', 'This audio file is cut off before any sound begins.'],
    ['a tag alone', 'ID3\x04\0\0\0\0\0\0', 'This audio file is cut off before any sound begins.'],
  ])('is refused when it is %s', async (_what, text, message) => {
    await expect(takeIn(ascii(text))).rejects.toMatchObject({ code: 'audio_undecodable', message });
  });

  it('takes nothing after it was refused', async () => {
    const intake = await openIntake({});
    expect(() => intake.accept(ascii('<!DOCTYPE html>'))).toThrow(SttError);
    expect(() => intake.accept(readFixture('speech.wav'))).toThrow('This is no known audio file');
    expect(() => intake.flush()).toThrow(SttError);
    intake.free();
  });
});

describe('a WAV header that lies', () => {
  const spoiled = (at: number, ...bytes: number[]) => {
    const wav = readFixture('speech.wav');
    wav.set(bytes, at);
    return wav;
  };

  it('of the length is not believed beyond the file', async () => {
    expect(await outcome(spoiled(40, 255, 255, 255, 255))).toBe(48_720);
    expect(await outcome(spoiled(40, 0, 0, 0, 0))).toBe(48_720);
    expect(await outcome(spoiled(40, 255, 255, 255, 127))).toBe(48_720);
  });

  it.each([
    ['255 channels', spoiled(22, 255, 0), 'has 255 channels; accepted are 1 and 2'],
    ['1 Hz', spoiled(24, 1, 0, 0, 0), 'has 1 Hz; accepted are 8000 to 192000 Hz'],
    ['4 billion Hz', spoiled(24, 255, 255, 255, 255), 'has 4294967295 Hz'],
    ['7 bits', spoiled(34, 7, 0), 'holds 7-bit audio of format 1'],
  ])('of %s is refused at once', async (_what, bytes, message) => {
    const intake = await openIntake({});
    expect(() => intake.accept(bytes.subarray(0, 100))).toThrow(message);
    intake.free();
  });

  it('of an odd byte at the end costs that byte', async () => {
    expect(await outcome(joined(readFixture('speech.wav'), Uint8Array.of(1)).subarray(1_000_000))).toBeInstanceOf(
      SttError,
    );
    expect(await outcome(readFixture('speech.wav').subarray(0, 1_045))).toBe(500);
  });
});

describe('a day of silence in a small file', () => {
  /** Feeds it as a caller does, and lets go of every chunk. */
  const feed = async (file: Uint8Array, longestSeconds: number) => {
    const intake = await openIntake({ longestSeconds });
    let last: AudioChunk | undefined;
    try {
      for (let at = 0; at < file.length; at += 1_024) {
        for (const chunk of intake.accept(file.subarray(at, at + 1_024))) last = chunk;
      }
    } catch (error) {
      return { error, seconds: (last?.endSample ?? 0) / 16_000 };
    } finally {
      intake.free();
    }
    return { error: undefined, seconds: (last?.endSample ?? 0) / 16_000 };
  };

  it('as FLAC stops at the limit', async () => {
    const file = silentFlac(Math.ceil((DAY_SECONDS * 16_000) / 65_535));
    expect(file.length).toBeLessThan(400_000);
    const { error, seconds } = await feed(file, 600);
    expect(error).toMatchObject({ code: 'audio_too_long', message: expect.stringContaining('600 seconds') as unknown });
    expect(seconds).toBeLessThanOrEqual(600);
  });

  it('as Opus stops at the limit', async () => {
    const silence = Array.from({ length: 255 }, () => Uint8Array.of(0x1b, 2));
    const flags = { first: true };
    const pages = Array.from({ length: 50 }, (_, index) => oggPage({ packets: silence, sequence: 2 + index }));
    const file = joined(
      oggPage({ packets: [opusHead(1, 0)], sequence: 0, flags }),
      oggPage({ packets: [ascii('OpusTags')], sequence: 1 }),
      ...pages,
    );
    const { error, seconds } = await feed(file, 120);
    expect(error).toMatchObject({ code: 'audio_too_long' });
    expect(seconds).toBeLessThanOrEqual(120);
  });

  it('counts from where the decoder began', async () => {
    const whole = await takeIn(readFixture('speech.ulaw.wav'));
    const { endSample: sample = 0, clientBytes = 0, restartFrame = 0 } = whole.chunks[20] ?? {};
    const start = { sample, clientBytes, restartFrame, header: whole.header };
    await expect(takeIn(readFixture('speech.ulaw.wav'), { start, longestSeconds: 2 })).resolves.toBeDefined();
    await expect(takeIn(readFixture('speech.ulaw.wav'), { longestSeconds: 2 })).rejects.toMatchObject({
      code: 'audio_too_long',
    });
  });
});

describe('raw audio behind the same door', () => {
  const raw = { ...CONTAINER, encoding: 'pcm_s16le' } as const;

  it('is cut into chunks, needs no header and has a longest length too', async () => {
    const { chunks, header } = await takeIn(new Uint8Array(16_000), { format: raw });
    expect(chunks.map(({ endSample }) => endSample)).toEqual([1_600, 3_200, 4_800, 6_400, 8_000]);
    expect(header).toHaveLength(0);
    await expect(takeIn(new Uint8Array(64_000), { format: raw, longestSeconds: 1 })).rejects.toMatchObject({
      code: 'audio_too_long',
    });
  });
});
