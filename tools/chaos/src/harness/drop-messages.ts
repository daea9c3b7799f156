import type { ByteFilter, SeededRandom } from '@verbatim/testing';

export interface MessageDropper {
  /** For the fault `filter`. */
  readonly createFilter: () => ByteFilter;
  /** Messages that vanished so far, over all links. */
  readonly dropped: () => number;
}

const CR_LF = '\r\n';
const LINE_TYPES = '+-:,#_(';
const TEXT_TYPES = '$=!';
const LIST_TYPES = '*>~';

/**
 * Makes a filter for what Redis says to a subscriber: each message of a channel vanishes with probability `share`, everything else passes.
 * Redis promises no more than that of its pub/sub: at most once.
 */
export function createMessageDropper(share: number, random: SeededRandom): MessageDropper {
  let dropped = 0;
  const isKept = (value: Buffer): boolean => {
    const isDropped = isChannelMessage(value) && random.next() < share;
    dropped += isDropped ? 1 : 0;
    return !isDropped;
  };
  const createFilter = (): ByteFilter => {
    let unread: Buffer = Buffer.alloc(0);
    return (bytes) => {
      unread = Buffer.concat([unread, bytes]);
      const kept: Buffer[] = [];
      for (let end = valueEnd(unread, 0); end !== undefined; end = valueEnd(unread, 0)) {
        const value = unread.subarray(0, end);
        unread = unread.subarray(end);
        if (isKept(value)) kept.push(value);
      }
      return Buffer.concat(kept);
    };
  };
  return { createFilter, dropped: () => dropped };
}

function isChannelMessage(value: Buffer): boolean {
  return /^[*>]\d+\r\n\$\d+\r\ns?message\r\n/i.test(value.subarray(0, 32).toString('latin1'));
}

/** Where the RESP value that begins at `at` ends; `undefined` when it is not all there yet. */
export function valueEnd(bytes: Buffer, at: number): number | undefined {
  const lineEnd = bytes.indexOf(CR_LF, at);
  if (lineEnd < 0) return undefined;
  const type = String.fromCharCode(bytes[at] ?? 0);
  const next = lineEnd + CR_LF.length;
  if (LINE_TYPES.includes(type)) return next;
  const count = Number(bytes.toString('latin1', at + 1, lineEnd));
  if (TEXT_TYPES.includes(type)) return count < 0 ? next : endWithin(bytes, next + count + CR_LF.length);
  if (LIST_TYPES.includes(type)) return endOfValues(bytes, next, count);
  if (type === '%') return endOfValues(bytes, next, 2 * count);
  throw new Error(`Redis said something that is no RESP: ${bytes.toString('latin1', at, at + 16)}`);
}

function endOfValues(bytes: Buffer, from: number, count: number): number | undefined {
  let end: number | undefined = from;
  for (let index = 0; index < count && end !== undefined; index += 1) end = valueEnd(bytes, end);
  return end;
}

function endWithin(bytes: Buffer, end: number): number | undefined {
  return end <= bytes.length ? end : undefined;
}
