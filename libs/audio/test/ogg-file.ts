const CHECK_AT = 22;

function oggCheck(page: Uint8Array): number {
  let check = 0;
  for (const byte of page) {
    check ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) check = check < 0 ? (check << 1) ^ 0x04c11db7 : check << 1;
  }
  return check;
}

export interface OggPageParts {
  readonly packets: readonly Uint8Array[];
  readonly serial?: number;
  readonly sequence: number;
  readonly granule?: number;
  readonly flags?: { readonly continued?: boolean; readonly first?: boolean; readonly last?: boolean };
  /** The last packet goes on in the next page; its length is then a multiple of 255. */
  readonly isOpen?: boolean;
}

/** One page as RFC 3533 lays it out. */
export function oggPage({
  packets,
  serial = 1,
  sequence,
  granule = 0,
  flags = {},
  isOpen = false,
}: OggPageParts): Uint8Array {
  const segments = packets.flatMap(({ length }, index) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    ...(isOpen && index === packets.length - 1 ? [] : [length % 255]),
  ]);
  const bodyBytes = packets.reduce((sum, { length }) => sum + length, 0);
  const page = new Uint8Array(27 + segments.length + bodyBytes);
  const view = new DataView(page.buffer);
  page.set([0x4f, 0x67, 0x67, 0x53, 0]);
  page[5] = (flags.continued === true ? 1 : 0) | (flags.first === true ? 2 : 0) | (flags.last === true ? 4 : 0);
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  page[26] = segments.length;
  page.set(segments, 27);
  let at = 27 + segments.length;
  for (const packet of packets) {
    page.set(packet, at);
    at += packet.length;
  }
  view.setInt32(CHECK_AT, oggCheck(page), true);
  return page;
}

/** Splits a file into its pages. */
export function oggPages(file: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const segments = file.subarray(at + 27, at + 27 + (file[at + 26] ?? 0));
    const length = segments.reduce((sum, segment) => sum + segment, 27 + segments.length);
    pages.push(file.slice(at, at + length));
    at += length;
  }
  return pages;
}

/** The packets of a page none of which goes on in another. */
export function oggPackets(page: Uint8Array): Uint8Array[] {
  const bodyAt = 27 + (page[26] ?? 0);
  let at = bodyAt;
  let start = bodyAt;
  return [...page.subarray(27, bodyAt)].flatMap((segment) => {
    at += segment;
    if (segment === 255) return [];
    const packet = page.slice(start, at);
    start = at;
    return [packet];
  });
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
