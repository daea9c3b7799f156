/** The gateway refuses larger frames; a multiple of every sample size and channel count. Units: bytes. */
const MOST_FRAME_BYTES = 65_536;

interface Frame {
  readonly fromByte: number;
  readonly bytes: Uint8Array;
}

/**
 * The audio that may have to be sent again, in the frames it came in, found by its position in the whole audio.
 * Invariant: it holds exactly the bytes from the last trim to the last push. What bounds it is whoever pushes.
 */
export interface AudioRing {
  /** Takes over the bytes: they must not be changed any more. */
  push(bytes: Uint8Array): void;
  /** The frames of a stretch, the first and the last cut to it; empty for bytes that are not held. */
  read(fromByte: number, toByte: number): readonly Uint8Array[];
  /** Forgets every frame that ends at or before this byte. */
  trim(beforeByte: number): void;
  /** Units: bytes. */
  readonly heldBytes: number;
}

/** Creates an empty ring. */
export function createAudioRing(): AudioRing {
  const frames: Frame[] = [];
  let endByte = 0;

  /** Index of the frame that holds a byte, or of the first frame behind it. */
  const indexOf = (byte: number): number => {
    let low = 0;
    let high = frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(frames[middle]) <= byte) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at += MOST_FRAME_BYTES) {
        const piece = bytes.subarray(at, at + MOST_FRAME_BYTES);
        frames.push({ fromByte: endByte, bytes: piece });
        endByte += piece.length;
      }
    },
    read(fromByte, toByte) {
      const found: Uint8Array[] = [];
      for (let index = indexOf(fromByte); index < frames.length; index += 1) {
        const frame = frames[index];
        if (frame === undefined || frame.fromByte >= toByte) break;
        found.push(frame.bytes.subarray(Math.max(0, fromByte - frame.fromByte), toByte - frame.fromByte));
      }
      return found;
    },
    trim(beforeByte) {
      frames.splice(0, indexOf(beforeByte));
    },
    get heldBytes() {
      return endByte - (frames[0]?.fromByte ?? endByte);
    },
  };
}

function endOf(frame: Frame | undefined): number {
  return frame === undefined ? Infinity : frame.fromByte + frame.bytes.length;
}
