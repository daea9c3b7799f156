/** Table of a cyclic redundancy check, most significant bit first: what each byte does to the check. */
function crcTable(bits: 8 | 16 | 32, polynomial: number): Uint32Array {
  const top = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let check = byte * 2 ** (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      check = (check >= top ? ((check * 2) ^ polynomial) >>> 0 : check * 2) % (mask + 1);
    }
    return check;
  });
}

const CRC8 = crcTable(8, 0x07);
const CRC16 = crcTable(16, 0x8005);
const CRC32 = crcTable(32, 0x04c11db7);

/** The check over a FLAC frame's header. Invariant: over a header and its own check it is 0. */
export function crc8(bytes: Uint8Array): number {
  return bytes.reduce((check, byte) => CRC8[check ^ byte] as number, 0);
}

/** Adds a byte to the check over a whole FLAC frame. Invariant: over a frame and its own check it is 0. */
export function crc16Next(check: number, byte: number): number {
  return ((check << 8) & 0xffff) ^ (CRC16[(check >> 8) ^ byte] as number);
}

/** The check over a page of Ogg, whose own four bytes at `zeroedAt` count as 0. */
export function oggCrc(page: Uint8Array, zeroedAt: number): number {
  let check = 0;
  for (let at = 0; at < page.length; at += 1) {
    const byte = at >= zeroedAt && at < zeroedAt + 4 ? 0 : (page[at] as number);
    check = ((check << 8) ^ (CRC32[(check >>> 24) ^ byte] as number)) >>> 0;
  }
  return check;
}
