import { describe, expect, it } from '@jest/globals';
import { containerName, detectContainer } from './container.ts';

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const padded = (...bytes: number[]) => Uint8Array.from({ length: 64 }, (_, index) => bytes[index] ?? 0);

/** Frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes each. */
function mp3Frames(count: number): Uint8Array {
  const bytes = new Uint8Array(417 * count);
  for (let frame = 0; frame < count; frame += 1) bytes.set([0xff, 0xfb, 0x90, 0x64], frame * 417);
  return bytes;
}

/** Frames of AAC in ADTS, 100 bytes each. */
function adtsFrames(count: number): Uint8Array {
  const bytes = new Uint8Array(100 * count);
  for (let frame = 0; frame < count; frame += 1)
    bytes.set([0xff, 0xf1, 0x60, 0x40, 100 >> 3, (100 & 7) << 5], frame * 100);
  return bytes;
}

describe('detectContainer', () => {
  it.each([
    ['wav', padded(...ascii('RIFF'), 1, 2, 3, 4, ...ascii('WAVE'))],
    ['wav', padded(...ascii('RF64'), 255, 255, 255, 255, ...ascii('WAVE'))],
    ['flac', padded(...ascii('fLaC'))],
    ['mp3', padded(...ascii('ID3'), 4, 0)],
    ['mp3', mp3Frames(2)],
    ['ogg', padded(...ascii('OggS'))],
    ['webm', padded(0x1a, 0x45, 0xdf, 0xa3)],
    ['aac', adtsFrames(2)],
    ['mp4', padded(0, 0, 0, 0x20, ...ascii('ftypM4A '))],
  ])('recognises %s', (container, bytes) => {
    expect(detectContainer(bytes)).toBe(container);
  });

  it.each([
    ['silence', new Uint8Array(4096)],
    ['nothing', new Uint8Array(0)],
    ['two bytes', Uint8Array.of(0x4f, 0x67)],
    ['a RIFF file that is no WAVE', padded(...ascii('RIFF'), 0, 0, 0, 0, ...ascii('AVI '))],
    ['quiet PCM that looks like one MP3 header', mp3Frames(1)],
    ['quiet PCM that looks like one AAC header', adtsFrames(1)],
    ['PCM of −1', new Uint8Array(4096).fill(0xff)],
  ])('takes %s for no file', (_what, bytes) => {
    expect(detectContainer(bytes)).toBeUndefined();
  });

  it('names what it found with its article', () => {
    expect([containerName('mp3'), containerName('wav'), containerName('aac')]).toEqual([
      'an MP3 file',
      'a WAV file',
      'an AAC file',
    ]);
  });
});
