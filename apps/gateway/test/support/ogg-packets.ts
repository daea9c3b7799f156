const PAGE_HEADER_BYTES = 27;
const SEGMENT_COUNT_AT = 26;
/** A packet goes on in the next segment only behind one of the full length. */
const FULL_SEGMENT_BYTES = 255;
const HEAD_PACKETS = 2;

/** The Opus packets of an Ogg file, without the two that describe it. */
export function oggPackets(file: Buffer): readonly Buffer[] {
  const packets: Buffer[] = [];
  let begun: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const segments = file[at + SEGMENT_COUNT_AT] ?? 0;
    const table = file.subarray(at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + segments);
    at += PAGE_HEADER_BYTES + segments;
    for (const length of table) {
      begun.push(file.subarray(at, at + length));
      at += length;
      if (length === FULL_SEGMENT_BYTES) continue;
      packets.push(Buffer.concat(begun));
      begun = [];
    }
  }
  return packets.slice(HEAD_PACKETS);
}
