import type { TextSink } from '../captions/caption-writer.ts';

/** Where progress is shown: rewritten in place on a terminal, else a line for each tenth. */
export interface ProgressPlace extends TextSink {
  readonly isTTY?: boolean;
}

export interface ByteProgress {
  show(bytes: number, totalBytes: number | undefined): void;
  /** Takes the line away. */
  clear(): void;
}

/** A terminal is not worth more than this many updates a second. Units: milliseconds. */
const REDRAW_AFTER_MS = 100;
const TENTHS = 10;
const CLEAR_LINE = '\r\x1b[2K';

/** Shows how much of a download has arrived, and how fast. */
export function createByteProgress(place: ProgressPlace, nowMs: () => number): ByteProgress {
  let first: { readonly atMs: number; readonly bytes: number } | undefined;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let saidTenths = -1;

  function describe(bytes: number, totalBytes: number | undefined): string {
    first ??= { atMs: nowMs(), bytes };
    const seconds = (nowMs() - first.atMs) / 1000;
    const speed = seconds > 0 ? `, ${megabytes((bytes - first.bytes) / seconds)}/s` : '';
    if (totalBytes === undefined || totalBytes === 0) return `${megabytes(bytes)}${speed}`;
    return `${Math.floor((100 * bytes) / totalBytes)} % of ${megabytes(totalBytes)}${speed}`;
  }

  return {
    show(bytes, totalBytes) {
      const text = describe(bytes, totalBytes);
      if (place.isTTY === true) {
        if (nowMs() - drawnAtMs < REDRAW_AFTER_MS) return;
        drawnAtMs = nowMs();
        place.write(`${CLEAR_LINE}${text}`);
        return;
      }
      const tenths = totalBytes === undefined ? 0 : Math.floor((TENTHS * bytes) / Math.max(1, totalBytes));
      if (tenths <= saidTenths) return;
      saidTenths = tenths;
      place.write(`${text}\n`);
    },
    clear() {
      if (place.isTTY === true) place.write(CLEAR_LINE);
    },
  };
}

/** `57.2 MB`. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value.toFixed(value < 100 ? 1 : 0)} MB`;
}
