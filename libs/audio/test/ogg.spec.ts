import { describe, expect, it } from '@jest/globals';
import { likeness, readFixture } from './read-fixture.ts';
import { joined, oggPackets, oggPage, oggPages } from './ogg-file.ts';
import { pcmOf, soundOf, takeIn } from './take-in.ts';

const SENTENCE_SAMPLES = 48_720;

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const opus = readFixture('speech.opus.ogg');
const vorbis = readFixture('speech.vorbis.ogg');

/** The second word of a page's flags: which stream it belongs to. */
const serialOf = (page: Uint8Array | undefined) => new DataView((page as Uint8Array).buffer).getUint32(14, true);

describe('Ogg', () => {
  it.each([
    ['Opus', opus],
    ['Vorbis', vorbis],
  ])('gives the sentence of a chain of %s twice, and goes on in its second part', async (_kind, file) => {
    const chain = joined(file, file);
    const { chunks, header } = await takeIn(chain);
    const [sound = new Float32Array(0)] = soundOf(chunks);
    expect(sound).toHaveLength(2 * SENTENCE_SAMPLES);
    const [first, second] = [sound.subarray(0, SENTENCE_SAMPLES), sound.subarray(SENTENCE_SAMPLES)];
    expect(likeness(first, second)).toBeGreaterThan(0.99);
    const middle = chunks.find(({ clientBytes }) => clientBytes > file.length + 4_000);
    const { endSample: sample = 0, clientBytes = 0, restartFrame = 0 } = middle ?? {};
    const rest = await takeIn(chain, { start: { sample, clientBytes, restartFrame, header } });
    expect(rest.chunks.at(-1)?.endSample).toBe(2 * SENTENCE_SAMPLES);
  });

  it('passes over a stream beside the sound', async () => {
    const pages = oggPages(opus);
    const other = (sequence: number, text: string, first = false) =>
      oggPage({ packets: [ascii(text)], serial: serialOf(pages[0]) + 1, sequence, flags: { first } });
    const [head, ...rest] = pages as [Uint8Array, ...Uint8Array[]];
    const mixed = joined(other(0, '\x80theora', true), head, other(1, 'a picture'), ...rest, other(2, 'more'));
    expect(pcmOf((await takeIn(mixed)).chunks).equals(pcmOf((await takeIn(opus)).chunks))).toBe(true);
  });

  it('passes over tags of megabytes without keeping them', async () => {
    const [head, , ...sound] = oggPages(opus) as [Uint8Array, Uint8Array, ...Uint8Array[]];
    const serial = serialOf(head);
    const tags = Array.from({ length: 40 }, (_, index) =>
      oggPage({
        packets: [index === 0 ? joined(ascii('OpusTags'), new Uint8Array(255 * 255 - 8)) : new Uint8Array(255 * 255)],
        serial,
        sequence: 1 + index,
        granule: -1,
        flags: { continued: index > 0 },
        isOpen: true,
      }),
    );
    const lastTag = oggPage({ packets: [new Uint8Array(7)], serial, sequence: 41, flags: { continued: true } });
    const renumbered = sound.map((page, index) => renumber(page, 42 + index));
    const { chunks, header } = await takeIn(joined(head, ...tags, lastTag, ...renumbered));
    expect(chunks.at(-1)?.endSample).toBe(SENTENCE_SAMPLES);
    expect(header.length).toBeLessThan(100);
  });

  it.each([
    ['the check of the page is wrong', (file: Uint8Array) => file.fill(file[3_000] === 0 ? 1 : 0, 3_000, 3_001)],
    ['no page begins', (file: Uint8Array) => joined(file.subarray(0, 1_000), file.subarray(1_001))],
    ['pages are missing', (file: Uint8Array) => joined(...oggPages(file).filter((_, index) => index !== 2))],
  ])('says where %s', async (what, spoil) => {
    await expect(takeIn(spoil(opus.slice()))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringMatching(
        new RegExp(`This Ogg file is damaged: at byte \\d+ (${what}|the check of the page)`),
      ) as unknown,
    });
  });

  it.each([
    ['FLAC', ascii('\x7fFLAC')],
    ['Speex', ascii('Speex   1.2')],
    ['an unknown codec', ascii('something')],
  ])('refuses %s by its name', async (name, packet) => {
    const file = joined(
      oggPage({ packets: [packet], sequence: 0, flags: { first: true } }),
      oggPage({ packets: [packet], sequence: 1 }),
    );
    await expect(takeIn(file)).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: `This Ogg file holds ${name}; accepted are Opus and Vorbis, so convert it first.`,
    });
  });

  it('refuses a chain of two codecs', async () => {
    await expect(takeIn(joined(opus, vorbis))).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringContaining('a chain of Opus and Vorbis') as unknown,
    });
  });

  it('bounds a packet that never ends', async () => {
    const [head, tags] = oggPages(opus) as [Uint8Array, Uint8Array];
    const endless = Array.from({ length: 20 }, (_, index) =>
      oggPage({
        packets: [new Uint8Array(255 * 255)],
        serial: serialOf(head),
        sequence: 2 + index,
        granule: -1,
        flags: { continued: index > 0 },
        isOpen: true,
      }),
    );
    await expect(takeIn(joined(head, tags, ...endless))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringContaining('a packet is too long to be sound') as unknown,
    });
  });
});

/** The same page with another number. */
function renumber(page: Uint8Array, sequence: number): Uint8Array {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const packets = oggPackets(page);
  const flags = { last: ((page[5] ?? 0) & 4) !== 0 };
  return oggPage({
    packets,
    serial: view.getUint32(14, true),
    sequence,
    granule: Number(view.getBigInt64(6, true)),
    flags,
  });
}
