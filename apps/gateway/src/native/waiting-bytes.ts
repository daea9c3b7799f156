/** What waits for its decoder, in order: a mark stands behind the bytes that came before it. */
export type WaitingItem =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'mark'; readonly control: 'finalize' | 'end' };

/** What a mark counts as, so that a client cannot pile them up. Units: bytes. */
const MARK_BYTES = 64;

export interface WaitingBytes {
  /** Bytes that wait; 0 when nothing does. */
  readonly bytes: number;
  push(item: WaitingItem): void;
  /**
   * Takes what is next out.
   * @param pieceBytes frames that may be cut anywhere come as one piece of at most so many bytes; without it each stays as it came: a packet
   */
  take(pieceBytes?: number): WaitingItem | undefined;
  clear(): void;
}

/** Creates an empty line. What bounds it is whoever pushes. */
export function createWaitingBytes(): WaitingBytes {
  const items: WaitingItem[] = [];
  let bytes = 0;

  const takePiece = (most: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let first = items[0]; first?.kind === 'bytes' && length < most; first = items[0]) {
      const part = first.bytes.subarray(0, most - length);
      parts.push(part);
      length += part.length;
      if (part.length === first.bytes.length) items.shift();
      else items[0] = { kind: 'bytes', bytes: first.bytes.subarray(part.length) };
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  };

  return {
    get bytes() {
      return bytes;
    },
    push(item) {
      items.push(item);
      bytes += item.kind === 'bytes' ? item.bytes.length : MARK_BYTES;
    },
    take(pieceBytes) {
      const [first] = items;
      if (first === undefined) return undefined;
      if (first.kind === 'mark') {
        bytes -= MARK_BYTES;
        return items.shift();
      }
      const piece = takePiece(pieceBytes ?? first.bytes.length);
      bytes -= piece.length;
      return { kind: 'bytes', bytes: piece };
    },
    clear() {
      items.length = 0;
      bytes = 0;
    },
  };
}
