import { startsWith } from '../../files/container.ts';

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

const ID3_V2 = ascii('ID3');
const ID3_V2_HEADER_BYTES = 10;
const ID3_V2_FOOTER_FLAG = 0x10;

/** The old tag, always at a file's end. */
export const ID3_V1 = ascii('TAG');
export const ID3_V1_BYTES = 128;

const APE = ascii('APETAGEX');
const APE_HEADER_BYTES = 32;
const APE_LENGTH_AT = 12;

/** Length of the tag that begins here; 0 when none does, `more` while that cannot be said. */
export function mp3TagBytes(bytes: Uint8Array): number | 'more' {
  if (startsWith(bytes, 0, ID3_V1)) return ID3_V1_BYTES;
  if (startsWith(bytes, 0, ID3_V2)) return bytes.length < ID3_V2_HEADER_BYTES ? 'more' : id3Bytes(bytes);
  if (startsWith(bytes, 0, APE)) return bytes.length < APE_HEADER_BYTES ? 'more' : apeBytes(bytes);
  return 0;
}

/** Seven bits of every byte count, so that no length looks like a frame. */
function id3Bytes(bytes: Uint8Array): number {
  const [flags = 0, ...length] = bytes.subarray(5, ID3_V2_HEADER_BYTES);
  const footer = (flags & ID3_V2_FOOTER_FLAG) === 0 ? 0 : ID3_V2_HEADER_BYTES;
  return ID3_V2_HEADER_BYTES + footer + length.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
}

function apeBytes(bytes: Uint8Array): number {
  return APE_HEADER_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(APE_LENGTH_AT, true);
}
