import type { SeededRandom } from '../seeded-random.ts';
import type { ByteFilter, Fault, FaultType } from './fault.ts';

/** A piece of what was read: when it may be written at the earliest, and the pause after it. */
export interface Piece {
  readonly bytes: Buffer;
  readonly notBeforeMs: number;
  readonly pauseMs: number;
}

/** What becomes of bytes that were read. */
export interface Verdict {
  readonly pieces: readonly Piece[];
  /** Bytes were taken out of the middle of the stream: what follows them makes no sense to the reader any more. */
  readonly isTorn: boolean;
  /** Cut the link once the pieces are written. */
  readonly isLast: boolean;
}

/** What one direction of one link remembers of the faults on it. */
export interface LaneMemory {
  readonly passedBytes: Map<Fault, number>;
  readonly filters: Map<Fault, ByteFilter>;
}

export interface ReadBytes {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** These let nothing through. */
const SWALLOWING: ReadonlySet<FaultType> = new Set(['timeout', 'drop_replies', 'silence']);

/** KB/s are bytes per millisecond. */
const BYTES_PER_KB_MS = 1;

/** Decides what the faults do to bytes. The memory is updated; sockets and timers are the lane's. */
export function judge(
  faults: readonly Fault[],
  { bytes, atMs }: ReadBytes,
  memory: LaneMemory,
  random: SeededRandom,
): Verdict {
  if (faults.some(({ type }) => SWALLOWING.has(type))) return { pieces: [], isTorn: true, isLast: false };
  let rest = bytes;
  let isLast = false;
  for (const fault of faults) {
    if (fault.type === 'filter') rest = filterOf(fault, memory)(rest);
    if (fault.type === 'limit_data') {
      const allowed = limitLeft(fault, memory);
      isLast ||= rest.length >= allowed;
      rest = rest.subarray(0, allowed);
      memory.passedBytes.set(fault, (memory.passedBytes.get(fault) ?? 0) + rest.length);
    }
  }
  const notBeforeMs = atMs + delayOf(faults, random);
  const pieces = slice(rest, faults, random).map((piece) => ({
    bytes: piece,
    notBeforeMs,
    pauseMs: pauseAfter(piece, faults),
  }));
  return { pieces, isTorn: false, isLast };
}

function filterOf(fault: Extract<Fault, { type: 'filter' }>, { filters }: LaneMemory): ByteFilter {
  const known = filters.get(fault) ?? fault.createFilter();
  filters.set(fault, known);
  return known;
}

function limitLeft(fault: Extract<Fault, { type: 'limit_data' }>, { passedBytes }: LaneMemory): number {
  return Math.max(0, fault.bytes - (passedBytes.get(fault) ?? 0));
}

function delayOf(faults: readonly Fault[], random: SeededRandom): number {
  let delayMs = 0;
  for (const fault of faults) {
    if (fault.type !== 'latency') continue;
    const jitterMs = fault.jitterMs ?? 0;
    delayMs += fault.latencyMs + (jitterMs === 0 ? 0 : (2 * random.next() - 1) * jitterMs);
  }
  return Math.max(0, delayMs);
}

function slice(bytes: Buffer, faults: readonly Fault[], random: SeededRandom): readonly Buffer[] {
  if (bytes.length === 0) return [];
  const slicer = faults.find((fault) => fault.type === 'slicer');
  if (slicer === undefined) return [bytes];
  const { averageBytes, variationBytes = 0 } = slicer;
  const slices: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const sliceBytes = Math.max(1, random.integer(averageBytes - variationBytes, averageBytes + variationBytes));
    slices.push(bytes.subarray(at, at + sliceBytes));
    at += sliceBytes;
  }
  return slices;
}

function pauseAfter(piece: Buffer, faults: readonly Fault[]): number {
  let pauseMs = 0;
  for (const fault of faults) {
    if (fault.type === 'slicer') pauseMs += fault.delayMs ?? 0;
    if (fault.type === 'bandwidth') pauseMs += piece.length / (fault.rateKBps * BYTES_PER_KB_MS);
  }
  return pauseMs;
}
