import { describe, expect, it } from '@jest/globals';
import { joined, oggPackets, oggPages } from './ogg-file.ts';
import { readFixture } from './read-fixture.ts';
import { pcmOf, takeIn } from './take-in.ts';
import { IDS, blockBody, ebml, opusHead, trackEntry } from './webm-file.ts';

const SAMPLES_PER_PACKET = 320;

/** Twelve packets of speech, 20 ms each. */
const packets = oggPackets(oggPages(readFixture('speech.opus.ogg'))[2] as Uint8Array).slice(0, 12);

const simpleBlock = (body: Uint8Array, track = 1, flags = 0x80) => ebml(IDS.simpleBlock, blockBody(track, body, flags));
const plain = packets.map((packet) => simpleBlock(packet));

function webm(elements: readonly Uint8Array[], tracks = trackEntry(1, 'A_OPUS', opusHead(1, 0))): Uint8Array {
  return joined(
    ebml(IDS.ebml, new Uint8Array(0)),
    ebml(IDS.segment, new Uint8Array(0), 'live'),
    ebml(IDS.tracks, tracks),
    ebml(IDS.cluster, new Uint8Array(0), 'live'),
    ...elements,
  );
}

const plainPcm = async () => pcmOf((await takeIn(webm(plain))).chunks);

const xiph = (group: readonly Uint8Array[]) => {
  const lengths = group
    .slice(0, -1)
    .flatMap(({ length }) => [...new Array<number>(Math.floor(length / 255)).fill(255), length % 255]);
  return joined(Uint8Array.of(group.length - 1, ...lengths), ...group);
};

const ebmlLaced = (group: readonly Uint8Array[]) => {
  const lengths = group.slice(0, -1).flatMap(({ length }, index) => {
    const value = index === 0 ? length : length - (group[index - 1]?.length ?? 0) + 8_191;
    return [0x40 | (value >> 8), value & 255];
  });
  return joined(Uint8Array.of(group.length - 1, ...lengths), ...group);
};

describe('WebM', () => {
  it('gives every packet of a live recording', async () => {
    expect(await plainPcm()).toHaveLength(packets.length * SAMPLES_PER_PACKET * 2);
  });

  it.each([
    ['Xiph', 0x82, xiph],
    ['EBML', 0x86, ebmlLaced],
  ])('takes packets apart that are laced as %s do', async (_kind, flags, lace) => {
    const laced = [packets.slice(0, 5), packets.slice(5)].map((group) => simpleBlock(lace(group), 1, flags));
    expect(pcmOf((await takeIn(webm(laced))).chunks).equals(await plainPcm())).toBe(true);
  });

  it('takes packets of equal lengths apart', async () => {
    const [packet = new Uint8Array(0)] = packets;
    const laced = simpleBlock(joined(Uint8Array.of(2), packet, packet, packet), 1, 0x84);
    const { chunks } = await takeIn(webm([laced]));
    expect(chunks.at(-1)?.endSample).toBe(3 * SAMPLES_PER_PACKET);
  });

  it('passes over clusters, cues, tags, padding and the blocks of a video', async () => {
    const video = ebml(IDS.simpleBlock, blockBody(2, new Uint8Array(400_000)));
    const between = [
      ebml(IDS.void, new Uint8Array(300_000)),
      ebml(IDS.cues, new Uint8Array(9)),
      ebml(IDS.tags, new Uint8Array(70_000)),
      ebml(IDS.cluster, new Uint8Array(0), 'live'),
      video,
      ebml(IDS.blockGroup, ebml(IDS.block, blockBody(2, new Uint8Array(300_000)))),
    ];
    const tracks = joined(trackEntry(2, 'V_VP8', new Uint8Array(0)), trackEntry(1, 'A_OPUS', opusHead(1, 0)));
    const mixed = plain.flatMap((block, index) => [block, between[index % between.length] ?? block]);
    expect(pcmOf((await takeIn(webm(mixed, tracks))).chunks).equals(await plainPcm())).toBe(true);
  });

  it('leaves out what the head and a last block say is no sound', async () => {
    const tenMs = Uint8Array.of(0, 0x98, 0x96, 0x80);
    const last = ebml(
      IDS.blockGroup,
      joined(ebml(IDS.block, blockBody(1, packets.at(-1) ?? new Uint8Array(0))), ebml(IDS.discardPadding, tenMs)),
    );
    const tracks = trackEntry(1, 'A_OPUS', opusHead(1, 312));
    const { chunks } = await takeIn(webm([...plain.slice(0, -1), last], tracks));
    expect(chunks.at(-1)?.endSample).toBe(packets.length * SAMPLES_PER_PACKET - 104 - 160);
  });

  it('goes on with a recording that was begun anew', async () => {
    const { chunks } = await takeIn(joined(webm(plain), webm(plain)));
    expect(chunks.at(-1)?.endSample).toBe(2 * packets.length * SAMPLES_PER_PACKET);
  });

  it.each([
    ['an element that would be 2^55 bytes long', ebml(IDS.void, new Uint8Array(0), 2 ** 55)],
    ['a video block that would be', ebml(IDS.simpleBlock, blockBody(2, new Uint8Array(40)), 2 ** 55)],
  ])('waits for %s without keeping a byte', async (_what, element) => {
    const { chunks } = await takeIn(joined(webm([...plain, element]), new Uint8Array(1_000_000)));
    expect(chunks.at(-1)?.endSample).toBe(packets.length * SAMPLES_PER_PACKET);
  });

  it.each([
    ['audio_undecodable', 'too long', webm([ebml(IDS.simpleBlock, blockBody(1, new Uint8Array(40)), 2 ** 55)])],
    ['audio_undecodable', 'no element begins', webm([new Uint8Array(20)])],
    ['audio_undecodable', 'an element has no length', webm([ebml(IDS.void, new Uint8Array(20), 'live')])],
    ['audio_undecodable', 'a block cannot be read', webm([simpleBlock(Uint8Array.of(9, 255, 255), 1, 0x82)])],
    ['audio_undecodable', 'lies no packet of Opus', webm([simpleBlock(Uint8Array.of(3, 0, 1, 2))])],
    [
      'audio_unsupported',
      'holds A_VORBIS, V_VP9',
      webm(plain, joined(trackEntry(1, 'A_VORBIS', new Uint8Array(3)), trackEntry(2, 'V_VP9', new Uint8Array(0)))),
    ],
    ['audio_unsupported', 'has 255 channels', webm(plain, trackEntry(1, 'A_OPUS', opusHead(255, 0)))],
  ])('answers %s: %s', async (code, sentence, file) => {
    await expect(takeIn(file)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) as unknown });
  });
});
