import { describe, expect, it } from '@jest/globals';
import { joined } from './ogg-file.ts';
import { readFixture } from './read-fixture.ts';
import { pcmOf, takeIn } from './take-in.ts';

const mp3 = readFixture('speech.mp3');

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A tag with a picture; its length stands in seven bits of four bytes. */
function id3(pictureBytes: number): Uint8Array {
  const length = [21, 14, 7, 0].map((shift) => (pictureBytes >> shift) & 0x7f);
  return joined(ascii('ID3\x04\0\0'), Uint8Array.from(length), new Uint8Array(pictureBytes).fill(0xff));
}

function ape(bytes: number): Uint8Array {
  const head = new Uint8Array(32);
  head.set(ascii('APETAGEX'));
  new DataView(head.buffer).setUint32(12, bytes, true);
  return joined(head, new Uint8Array(bytes).fill(0xff));
}

describe('MP3', () => {
  it.each([
    ['a tag with a picture of a megabyte before it', joined(id3(1_000_000), mp3)],
    ['two tags and padding before it', joined(id3(30), id3(5_000), new Uint8Array(2_000), mp3)],
    ['the old tag behind it', joined(mp3, ascii('TAG'), new Uint8Array(125).fill(0xff))],
    ['a large tag of another kind behind it', joined(mp3, ape(200_000))],
    ['something unknown behind it', joined(mp3, new Uint8Array(3_000).fill(0xff))],
    ['half a frame behind it', joined(mp3, mp3.subarray(0, 70))],
  ])('gives its sound with %s', async (_what, file) => {
    const { chunks, header } = await takeIn(file);
    expect(pcmOf(chunks).equals(pcmOf((await takeIn(mp3)).chunks))).toBe(true);
    expect(header.length).toBeLessThan(100);
  });

  it('without what the encoder says of itself keeps the delay', async () => {
    const { chunks } = await takeIn(mp3.subarray(firstSoundAt()));
    expect((chunks.at(-1)?.endSample ?? 0) % 576).toBe(0);
    expect(chunks.at(-1)?.endSample).toBeGreaterThan(48_720 + 576);
  });

  it('says where frames are missing', async () => {
    const damaged = joined(mp3.subarray(0, 6_000), new Uint8Array(100), mp3.subarray(6_000));
    await expect(takeIn(damaged)).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringMatching(/^This MP3 file is damaged: at byte \d+ no frame begins\.$/) as unknown,
    });
  });

  it('refuses what is a tag and then no MP3', async () => {
    await expect(takeIn(joined(id3(10), new Uint8Array(100_000)))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringContaining('no frame begins') as unknown,
    });
  });
});

/** The frame behind the one that LAME writes of itself. */
function firstSoundAt(): number {
  const bytes = Buffer.from(mp3);
  const info = Math.max(bytes.indexOf('Info'), bytes.indexOf('Xing'));
  expect(info).toBeGreaterThan(0);
  return bytes.indexOf(Uint8Array.of(0xff, 0xf3), info);
}
