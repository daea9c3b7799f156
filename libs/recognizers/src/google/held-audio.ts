import { RecognizerError } from '../recognizer.ts';

const S16_FULL_SCALE = 32_768;
const BYTES_PER_SAMPLE = 2;

/** The audio of one utterance that may have to be sent again, as 16-bit samples; positions count from the utterance's first sample. */
export interface HeldAudio {
  readonly fromSample: number;
  readonly endSample: number;
  append(samples: Float32Array): void;
  /** Little-endian bytes of a range that is held. */
  read(fromSample: number, toSample: number): Uint8Array;
  /** Lets go of what comes before; never takes back. */
  dropBefore(sample: number): void;
}

export function createHeldAudio(): HeldAudio {
  const pieces: Int16Array[] = [];
  let fromSample = 0;
  let endSample = 0;
  return {
    get fromSample() {
      return fromSample;
    },
    get endSample() {
      return endSample;
    },
    append(samples) {
      pieces.push(toS16(samples));
      endSample += samples.length;
    },
    read(from, to) {
      if (from < fromSample || to > endSample) {
        throw new RecognizerError('Audio was asked for that is no longer held.', { failure: 'unavailable' });
      }
      const bytes = new Uint8Array((to - from) * BYTES_PER_SAMPLE);
      const view = new DataView(bytes.buffer);
      copyRange(pieces, { from: from - fromSample, to: to - fromSample }, view);
      return bytes;
    },
    dropBefore(sample) {
      let first = pieces[0];
      while (first && sample >= fromSample + first.length) {
        fromSample += first.length;
        pieces.shift();
        first = pieces[0];
      }
      if (!first || sample <= fromSample) return;
      pieces[0] = first.slice(sample - fromSample);
      fromSample = sample;
    },
  };
}

function copyRange(pieces: readonly Int16Array[], range: { from: number; to: number }, view: DataView): void {
  let pieceFrom = 0;
  for (const piece of pieces) {
    const first = Math.max(range.from, pieceFrom);
    const end = Math.min(range.to, pieceFrom + piece.length);
    for (let at = first; at < end; at++) {
      view.setInt16((at - range.from) * BYTES_PER_SAMPLE, piece[at - pieceFrom] ?? 0, true);
    }
    pieceFrom += piece.length;
    if (pieceFrom >= range.to) return;
  }
}

const { round } = Math;

/** Exact for samples that were 16-bit before: they come back as they were. */
function toS16(samples: Float32Array): Int16Array {
  const converted = new Int16Array(samples.length);
  for (let at = 0; at < samples.length; at++) {
    const scaled = round((samples[at] ?? 0) * S16_FULL_SCALE);
    converted[at] = scaled >= S16_FULL_SCALE ? S16_FULL_SCALE - 1 : scaled < -S16_FULL_SCALE ? -S16_FULL_SCALE : scaled;
  }
  return converted;
}
