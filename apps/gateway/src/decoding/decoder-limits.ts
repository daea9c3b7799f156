/** What a decoder may cost. Tests shorten the times. */
export interface DecoderLimits {
  /**
   * Time of the processor that one step may take: at most so many bytes of a file as the audio library asks for at once, or one packet. Units:
   * milliseconds.
   */
  readonly stepMs: number;
  /** The same for opening, which may compile a codec. Units: milliseconds. */
  readonly openMs: number;
  /** Most that a step may wait, however little of it was its own: beyond it the thread hangs. Units: milliseconds. */
  readonly hangMs: number;
  /** Growth of the whole process while one step is under way; memory of WebAssembly is outside of every heap limit. Units: bytes. */
  readonly stepGrowthBytes: number;
  /** How often a step under way is looked at. Units: milliseconds. */
  readonly watchMs: number;
}

export const DEFAULT_DECODER_LIMITS: DecoderLimits = {
  stepMs: 1000,
  openMs: 5000,
  hangMs: 15_000,
  stepGrowthBytes: 268_435_456,
  watchMs: 50,
};

/** JavaScript heap of a worker; samples and codecs lie outside of it. Units: megabytes. */
export const WORKER_HEAP_MB = 128;

/** A stream whose bytes took down so many workers is refused: once may be a neighbour's fault or a stalled machine's. */
export const MOST_STRIKES = 2;

/** Kept for a new decoder to go on with; restart points keep it to some hundred milliseconds of a file. Units: bytes. */
export const MOST_TAIL_BYTES = 1_048_576;
