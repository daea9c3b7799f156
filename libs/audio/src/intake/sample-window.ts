/** The samples of one channel that may still be needed: a sliding part of an endless row. */
export interface SampleWindow {
  /** Position after the last sample. */
  readonly end: number;
  append(samples: Float32Array): void;
  /** Samples from position `first` to `end`; a view, valid until the next call. */
  view(first: number, end: number): Float32Array;
  /** Forgets what lies before a position. */
  release(before: number): void;
}

/** Room to spare when the buffer grows, so that it settles after a few frames: memory is counted per session. */
const SPARE_FACTOR = 1.25;

/** Creates a window that begins with silence from position `from` to `to`: what a resumed session no longer has. */
export function createSampleWindow(from: number, to: number): SampleWindow {
  let start = from;
  let length = Math.max(0, to - from);
  let buffer = new Float32Array(length);

  return {
    get end() {
      return start + length;
    },
    append(samples) {
      if (length + samples.length > buffer.length) {
        const larger = new Float32Array(Math.ceil(SPARE_FACTOR * (length + samples.length)));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(samples, length);
      length += samples.length;
    },
    view: (first, end) => buffer.subarray(first - start, end - start),
    release(before) {
      const released = Math.min(before - start, length);
      if (released <= 0) return;
      buffer.copyWithin(0, released, length);
      start += released;
      length -= released;
    },
  };
}
