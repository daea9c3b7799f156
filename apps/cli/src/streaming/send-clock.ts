/** Remembers when which audio was sent, to tell later how long an answer about it took. */
export interface SendClock {
  /** `positionMs` of audio are sent as of `atMs`. Both only grow. */
  record(positionMs: number, atMs: number): void;
  /** When the audio at a position was sent; the last send for one beyond the end; undefined before the first. */
  sentAtMs(positionMs: number): number | undefined;
}

/** Creates an empty clock. Units: milliseconds; `atMs` on any monotonic clock. */
export function createSendClock(): SendClock {
  const positionsMs: number[] = [];
  const timesMs: number[] = [];
  return {
    record(positionMs, atMs) {
      positionsMs.push(positionMs);
      timesMs.push(atMs);
    },
    sentAtMs(positionMs) {
      let low = 0;
      let high = positionsMs.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((positionsMs[middle] ?? 0) < positionMs) low = middle + 1;
        else high = middle;
      }
      return timesMs[low];
    },
  };
}
