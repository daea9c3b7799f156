import { SttError } from '@verbatim/protocol';

/** What the first packet of a stream says (RFC 7845, section 5.1). */
export interface OpusHead {
  readonly channels: number;
  /** What is left out of the beginning. Units: samples at 48 kHz. */
  readonly preSkipSamples: number;
}

const MAGIC = 'OpusHead';
const SHORTEST_BYTES = 19;
const CHANNELS_AT = 9;
const PRE_SKIP_AT = 10;
const MAPPING_AT = 18;

/** The part that says all of this; a mapping of more channels may follow. */
export const OPUS_HEAD_BYTES = SHORTEST_BYTES;

export function isOpusHead(packet: Uint8Array): boolean {
  return [...MAGIC].every((letter, index) => packet[index] === letter.charCodeAt(0));
}

/** Reads the head. @throws SttError `audio_undecodable`; `audio_unsupported` for more than two channels */
export function readOpusHead(packet: Uint8Array): OpusHead {
  if (!isOpusHead(packet) || packet.length < SHORTEST_BYTES) {
    throw new SttError('audio_undecodable', 'This Opus stream is damaged: its head is cut off or missing.');
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const channels = view.getUint8(CHANNELS_AT);
  if (channels < 1 || channels > 2 || view.getUint8(MAPPING_AT) !== 0) {
    throw new SttError(
      'audio_unsupported',
      `This Opus stream has ${channels} channels; accepted are 1 and 2, so mix it down first.`,
    );
  }
  return { channels, preSkipSamples: view.getUint16(PRE_SKIP_AT, true) };
}
