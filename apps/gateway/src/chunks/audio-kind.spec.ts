import { describe, expect, it } from '@jest/globals';
import { fixture } from '../../test/support/fixtures.ts';
import { beginsFile, isWholeOnly, sniffEncoding } from './audio-kind.ts';

const FILES = ['speech.wav', 'speech.flac', 'speech.mp3', 'speech.opus.ogg', 'speech.vorbis.ogg', 'speech.webm'];
const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('sniffEncoding', () => {
  it.each([...FILES, 'speech.m4a', 'speech.aac'])('knows %s by its first bytes', (name) => {
    expect(sniffEncoding(fixture(name))).toBe('container');
  });

  it.each([
    ['silence', new Uint8Array(64)],
    ['quiet samples', Uint8Array.from([0xff, 0xff, 0x02, 0x00, 0xfe, 0xff, 0x01, 0x00])],
    ['a single byte', Uint8Array.from([0x7f])],
    ['nothing', new Uint8Array(0)],
  ])('takes %s for samples', (_name, head) => {
    expect(sniffEncoding(head)).toBe('pcm_s16le');
  });

  it.each([
    ['ELF', bytes('\x7fELF\x02\x01\x01')],
    ['HTML', bytes('<!DOCTYPE html><html>')],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['ZIP', bytes('PK\x03\x04\x14\x00')],
    ['playlist', bytes('#EXTM3U\nfile:///etc/passwd')],
  ])('refuses %s and lists what is taken', (_name, head) => {
    expect(() => sniffEncoding(head)).toThrow(
      expect.objectContaining({
        code: 'audio_unsupported',
        message: expect.stringContaining('send WAV, FLAC, MP3') as unknown,
      }),
    );
  });
});

describe('beginsFile', () => {
  it.each(FILES.filter((name) => name !== 'speech.mp3'))('sees that %s begins', (name) => {
    expect(beginsFile(fixture(name))).toBe(true);
  });

  it('sees a tag before MP3 frames, and takes bare frames for the next ones', () => {
    expect(beginsFile(bytes('ID3\x04\x00\x00\x00\x00\x02\x01'))).toBe(true);
    expect(beginsFile(bytes('ID3\x99\x00\x00\x00\x00\x02\x01'))).toBe(false);
    const mp3 = fixture('speech.mp3');
    const tagBytes = mp3.subarray(0, 3).toString() === 'ID3' ? 10 + ((mp3[8] ?? 0) << 7) + (mp3[9] ?? 0) : 0;
    expect(beginsFile(mp3.subarray(tagBytes))).toBe(false);
  });

  it('takes an Ogg page in the middle of a stream for its next one', () => {
    const ogg = fixture('speech.opus.ogg');
    const last = ogg.lastIndexOf('OggS');
    expect(beginsFile(ogg.subarray(last))).toBe(false);
  });

  it.each([new Uint8Array(0), new Uint8Array(100), bytes('RIFF')])('sees no beginning in other bytes', (head) => {
    expect(beginsFile(head)).toBe(false);
  });
});

it('knows which files are decoded whole or not at all', () => {
  expect(['speech.m4a', 'speech.aac', ...FILES].filter((name) => isWholeOnly(fixture(name)))).toEqual([
    'speech.m4a',
    'speech.aac',
  ]);
});
