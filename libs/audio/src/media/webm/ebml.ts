/** One element of EBML (RFC 8794): what it is and how long. */
export interface EbmlHead {
  readonly id: number;
  /** Infinite when the writer did not know it yet. Units: bytes. */
  readonly dataBytes: number;
  readonly headBytes: number;
}

const LONGEST_ID_BYTES = 4;
const LONGEST_LENGTH_BYTES = 8;

/** An element's head is at most so long. Units: bytes. */
export const LONGEST_EBML_HEAD_BYTES = LONGEST_ID_BYTES + LONGEST_LENGTH_BYTES;

/** Reads the head of an element; `broken` for bytes that are none, `undefined` while more are needed. */
export function readEbmlHead(bytes: Uint8Array): EbmlHead | 'broken' | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  const idBytes = Math.clz32(first) - 23;
  if (idBytes > LONGEST_ID_BYTES) return 'broken';
  const length = readEbmlNumber(bytes, idBytes);
  if (length === undefined) return bytes[idBytes] === 0 ? 'broken' : undefined;
  const id = bytes.subarray(0, idBytes).reduce((value, byte) => value * 256 + byte, 0);
  return { id, dataBytes: length.isUnknown ? Infinity : length.value, headBytes: idBytes + length.bytes };
}

/** A number that says its own length by its leading zeros. */
export interface EbmlNumber {
  readonly value: number;
  readonly bytes: number;
  /** All bits set: the writer did not know. */
  readonly isUnknown: boolean;
}

/** Reads a number; `undefined` when it is none or not there as a whole. */
export function readEbmlNumber(bytes: Uint8Array, at: number): EbmlNumber | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return undefined;
  const rest = bytes.subarray(at + 1, at + length);
  const head = first & (0xff >> length);
  const value = rest.reduce((sum, byte) => sum * 256 + byte, head);
  const isUnknown = head === 0xff >> length && rest.every((byte) => byte === 0xff);
  return { value, bytes: length, isUnknown };
}

/** A child of an element that is there as a whole. */
export interface EbmlElement {
  readonly id: number;
  readonly data: Uint8Array;
}

/** The children of an element; it ends at one that does not fit. */
export function* ebmlChildren(data: Uint8Array): Generator<EbmlElement> {
  for (let at = 0; at < data.length;) {
    const head = readEbmlHead(data.subarray(at));
    if (head === undefined || head === 'broken') return;
    const start = at + head.headBytes;
    const end = Math.min(start + head.dataBytes, data.length);
    yield { id: head.id, data: data.subarray(start, end) };
    at = end;
  }
}

/** An unsigned number of up to eight bytes. */
export function ebmlUnsigned(data: Uint8Array): number {
  return data.reduce((value, byte) => value * 256 + byte, 0);
}

/** A signed number of up to eight bytes; 0 for none. */
export function ebmlSigned(data: Uint8Array = new Uint8Array(0)): number {
  const [first = 0] = data;
  const value = ebmlUnsigned(data);
  return first >= 0x80 ? value - 256 ** data.length : value;
}
