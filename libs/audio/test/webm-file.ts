import { joined } from './ogg-file.ts';

/** An element of EBML with its length in eight bytes; `live` for one whose length nobody knows yet. */
export function ebml(id: readonly number[], data: Uint8Array, length: number | 'live' = data.length): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, length === 'live' ? 0x01ff_ffff_ffff_ffffn : BigInt(length) | (1n << 56n));
  return joined(Uint8Array.from(id), size, data);
}

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const IDS = {
  ebml: [0x1a, 0x45, 0xdf, 0xa3],
  segment: [0x18, 0x53, 0x80, 0x67],
  tracks: [0x16, 0x54, 0xae, 0x6b],
  cluster: [0x1f, 0x43, 0xb6, 0x75],
  cues: [0x1c, 0x53, 0xbb, 0x6b],
  tags: [0x12, 0x54, 0xc3, 0x67],
  simpleBlock: [0xa3],
  blockGroup: [0xa0],
  block: [0xa1],
  discardPadding: [0x75, 0xa2],
  void: [0xec],
} as const;

/** A track of the given codec. */
export function trackEntry(number: number, codec: string, codecPrivate: Uint8Array): Uint8Array {
  return ebml(
    [0xae],
    joined(ebml([0xd7], Uint8Array.of(number)), ebml([0x86], ascii(codec)), ebml([0x63, 0xa2], codecPrivate)),
  );
}

/** The first packet of a stream of Opus. */
export function opusHead(channels: number, preSkipSamples: number): Uint8Array {
  const head = new Uint8Array(19);
  head.set(ascii('OpusHead'));
  head[8] = 1;
  head[9] = channels;
  new DataView(head.buffer).setUint16(10, preSkipSamples, true);
  return head;
}

/** The inside of a block without lacing, or with what `flags` and the packets' own bytes say. */
export function blockBody(track: number, body: Uint8Array, flags = 0x80): Uint8Array {
  return joined(Uint8Array.of(0x80 | track, 0, 0, flags), body);
}
