import type { RestartPoint } from '../media-track.ts';

/** Remembers frames until enough bytes follow them: a frame's sound may lie in the bytes of those before it. */
export interface ReservoirTrail {
  /** The next frame: where it lies, and how many bytes of sound it holds. Gives the place from which its own sound comes out right. */
  add(point: RestartPoint, soundBytes: number): RestartPoint | undefined;
}

/** A frame reaches so far back into the sound bytes before it. Units: bytes. */
const RESERVOIR_BYTES = 511;

/**
 * The first frame that can be read still overlaps with one that could not, and its filter with that: the second after it comes out right,
 * measured to one step of 16 bits. Units: frames.
 */
const MEMORY_FRAMES = 2;

interface Entry {
  readonly point: RestartPoint;
  /** Units: bytes since this decoder began. */
  readonly soundBytesBefore: number;
}

export function createReservoirTrail(): ReservoirTrail {
  const entries: Entry[] = [];
  /** Sound bytes before this frame and the last ones, the oldest first. */
  const totals: number[] = [];
  let total = 0;
  return {
    add(point, soundBytes) {
      entries.push({ point, soundBytesBefore: total });
      totals.push(total);
      const readable = totals.length > MEMORY_FRAMES ? (totals.shift() as number) : 0;
      const isReached = (entry: Entry | undefined) =>
        entry !== undefined && readable - entry.soundBytesBefore >= RESERVOIR_BYTES;
      while (isReached(entries[1])) entries.shift();
      total += Math.max(1, soundBytes);
      return isReached(entries[0]) ? entries[0]?.point : undefined;
    },
  };
}
