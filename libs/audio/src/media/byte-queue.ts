/** Bytes that came in, cut anywhere, and are read from the front; every byte has its place in the client's stream. */
export interface ByteQueue {
  /** Place of the next byte to be read. Units: bytes since the session began. */
  readonly position: number;
  /** Bytes that are there now. */
  readonly length: number;
  append(bytes: Uint8Array): void;
  /** The next bytes without reading them; fewer when no more are there. A view, valid until the next call. */
  peek(length: number): Uint8Array;
  /** Reads bytes that are there; an own copy. */
  take(length: number): Uint8Array;
  /** Passes over bytes, those included that are still to come: they are never kept. */
  skip(length: number): void;
  /** Forgets everything and goes on at another place of the client's stream. */
  jump(position: number): void;
}

/** Creates a queue whose first byte has the given place. */
export function createByteQueue(startPosition: number): ByteQueue {
  let buffer = new Uint8Array(0);
  let first = 0;
  let end = 0;
  let position = startPosition;
  let bytesToSkip = 0;

  const skip = (length: number): void => {
    const present = Math.min(length, end - first);
    first += present;
    position += length;
    bytesToSkip += length - present;
  };

  return {
    get position() {
      return position;
    },
    get length() {
      return end - first;
    },
    append(bytes) {
      const wanted = bytes.subarray(Math.min(bytesToSkip, bytes.length));
      bytesToSkip -= bytes.length - wanted.length;
      const kept = end - first;
      if (end + wanted.length > buffer.length) {
        const room = kept + wanted.length > buffer.length ? new Uint8Array(2 * (kept + wanted.length)) : buffer;
        room.set(buffer.subarray(first, end));
        [buffer, first, end] = [room, 0, kept];
      }
      buffer.set(wanted, end);
      end += wanted.length;
    },
    peek: (length) => buffer.subarray(first, Math.min(first + length, end)),
    take(length) {
      const bytes = buffer.slice(first, Math.min(first + length, end));
      skip(bytes.length);
      return bytes;
    },
    skip,
    jump(place) {
      first = end;
      bytesToSkip = 0;
      position = place;
    },
  };
}
