import { LONGEST_VORBIS_PACKET_BYTES } from '../codecs/vorbis-codec.ts';
import { damagedOgg, type OggPage } from './ogg-page.ts';

/** One packet of a stream. */
export interface OggPacket {
  /** `undefined` for one that is longer than any packet of sound: a list of tags with pictures. */
  readonly bytes: Uint8Array | undefined;
}

/** Puts packets together from a stream's pages. */
export interface OggPackets {
  /** Whether the packet that goes on in the next page is longer than any of sound. */
  readonly isTooLong: boolean;
  /** The packets that end on a page, in their order. @throws SttError `audio_undecodable` when one's beginning or end is missing */
  read(page: OggPage): OggPacket[];
}

const GOES_ON = 255;

export function createOggPackets(): OggPackets {
  let pieces: Uint8Array[] = [];
  let length = 0;

  const takePiece = (piece: Uint8Array): void => {
    length += piece.length;
    // What is too long is counted and not kept: a packet that never ends costs nothing.
    if (length > LONGEST_VORBIS_PACKET_BYTES) pieces = [];
    else pieces.push(piece);
  };

  const close = (): Uint8Array | undefined => {
    const isKept = length <= LONGEST_VORBIS_PACKET_BYTES;
    const bytes = isKept ? joined(pieces, length) : undefined;
    pieces = [];
    length = 0;
    return bytes;
  };

  return {
    get isTooLong() {
      return length > LONGEST_VORBIS_PACKET_BYTES;
    },
    read({ segments, body, isContinued, position }) {
      if (isContinued !== length > 0) throw damagedOgg(position, 'a packet is missing a part');
      const packets: OggPacket[] = [];
      let at = 0;
      let start = 0;
      segments.forEach((segment) => {
        at += segment;
        if (segment === GOES_ON) return;
        takePiece(body.subarray(start, at));
        start = at;
        packets.push({ bytes: close() });
      });
      if (at > start) takePiece(body.subarray(start, at));
      return packets;
    },
  };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
