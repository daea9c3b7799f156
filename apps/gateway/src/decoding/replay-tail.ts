import type { AudioChunk, MediaStart } from '@verbatim/audio';
import { MOST_TAIL_BYTES } from './decoder-limits.ts';

/**
 * What a fresh decoder needs to go on exactly behind the last chunk of a lost one: where to begin, and the bytes since then.
 *
 * Worked failure: a worker is killed over a neighbour's file. This stream has given out 3 chunks, the third with restart point 9 000, and
 * was fed up to byte 12 288. The new decoder is opened at 9 000, given the bytes 9 000 to 12 288, and its first chunk is the fourth.
 */
export interface ReplayTail {
  /** Where a decoder begins; `undefined` at the very beginning. */
  readonly start: MediaStart | undefined;
  /** The bytes from there on, in the pieces they came in. */
  readonly pieces: readonly Uint8Array[];
  /** False when the bytes were too many to keep: no restart point came for too long. */
  readonly isComplete: boolean;
  /** Place behind the last byte. Units: bytes of the client's stream. */
  readonly endBytes: number;
  /** Bytes that a decoder has taken. */
  push(bytes: Uint8Array): void;
  /** A chunk that was given out. The header is the same from the first one on. */
  advance(chunk: AudioChunk, header: Uint8Array): void;
}

/** Creates the tail of a stream that begins at a start. */
export function createReplayTail(from: MediaStart | undefined): ReplayTail {
  let start = from;
  let pieces: Uint8Array[] = [];
  let beginBytes = from?.clientBytes ?? 0;
  let endBytes = beginBytes;
  let isComplete = true;

  const dropBefore = (place: number): void => {
    while (pieces[0] !== undefined && beginBytes + pieces[0].length <= place) {
      beginBytes += pieces[0].length;
      pieces.shift();
    }
    if (pieces[0] !== undefined && beginBytes < place) {
      pieces[0] = pieces[0].subarray(place - beginBytes);
      beginBytes = place;
    }
  };

  return {
    get start() {
      return start;
    },
    get pieces() {
      return pieces;
    },
    get isComplete() {
      return isComplete;
    },
    get endBytes() {
      return endBytes;
    },
    push(bytes) {
      endBytes += bytes.length;
      if (!isComplete) return;
      pieces.push(bytes);
      if (endBytes - beginBytes <= MOST_TAIL_BYTES) return;
      isComplete = false;
      pieces = [];
    },
    advance({ endSample, clientBytes, restartFrame }, header) {
      start = { sample: endSample, clientBytes, header, ...(restartFrame === undefined ? {} : { restartFrame }) };
      dropBefore(clientBytes);
    },
  };
}
