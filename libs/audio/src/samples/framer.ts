import { CHUNK_SAMPLES } from '../pipeline-format.ts';

/** Samples of one channel with their place in the session. */
export interface AudioFrame {
  /** Position of the first sample. Units: samples at 16 kHz. */
  readonly startSample: number;
  readonly samples: Float32Array;
}

/** Re-cuts audio that arrives in pieces of any length into frames of one length. */
export interface Framer {
  /** Takes the samples that follow the last ones; gives the frames that they complete. */
  push(samples: Float32Array): readonly AudioFrame[];
  /** The short rest, or `undefined`; the next frame starts after it. */
  flush(): AudioFrame | undefined;
  /** Position after the last sample pushed. */
  readonly endSample: number;
}

/**
 * Creates a framer; the first frame starts at `startSample`.
 * Invariant: frames follow each other without gap or overlap, whatever the pieces were.
 */
export function createFramer(frameSamples = CHUNK_SAMPLES, startSample = 0): Framer {
  let frame = new Float32Array(frameSamples);
  let filled = 0;
  let frameStart = startSample;

  const take = (length: number): AudioFrame => {
    const taken = { startSample: frameStart, samples: length === frameSamples ? frame : frame.slice(0, length) };
    frame = new Float32Array(frameSamples);
    frameStart += length;
    filled = 0;
    return taken;
  };

  return {
    push(samples) {
      const frames: AudioFrame[] = [];
      for (let at = 0; at < samples.length;) {
        const piece = samples.subarray(at, at + frameSamples - filled);
        frame.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === frameSamples) frames.push(take(frameSamples));
      }
      return frames;
    },
    flush: () => (filled === 0 ? undefined : take(filled)),
    get endSample() {
      return frameStart + filled;
    },
  };
}
