import type { RecognizedSpan } from '../recognizer.ts';
import { LEDGER_FRAME_SAMPLES, MARKER_OFFSET_SAMPLES } from './ledger-audio.ts';
import {
  findLoudRun,
  headOf,
  isCutOff,
  isSilentBetween,
  readMarker,
  tailOf,
  type FrameSide,
  type LoudRun,
} from './ledger-marker.ts';

/** Answered for a frame that is not as it was made; equal to no frame's word, so a comparison with the ledger fails. */
const DAMAGED_WORD = 'damaged';

/** Reads one utterance of ledger audio, piece by piece. */
export interface LedgerReader {
  /** Answers the words of the frames that are complete now. `isLast`: no more audio follows. */
  read(samples: Float32Array, isLast: boolean): RecognizedSpan[];
}

/** Where the reader stands in the samples it holds. */
interface Progress {
  /** Everything before it is read. */
  nextSample: number;
  /** How the last frame ended; null before the first. */
  lastTail: FrameSide | null;
  /** False once something that is neither frame nor silence was passed over after a frame. */
  isGapSilent: boolean;
}

/**
 * Creates a reader. It finds markers at any alignment and answers `w<n>` only for a frame that is as it was made.
 *
 * Invariant: audio that was lost, doubled or changed shows as a missing word or as `damaged`. Worked failure: a client loses
 * 20 ms in frame 7. Its marker is still readable, but the rest of the frame is shifted against it: the answer is `damaged` and
 * not `w7`. Only the first and the last frame of an utterance may be cut, at the edge or by silence: that is where ranges are
 * cut and padded.
 */
export function createLedgerReader(): LedgerReader {
  const progress: Progress = { nextSample: 0, lastTail: null, isGapSilent: true };
  let held = new Float32Array(0);
  let heldFromSample = 0;
  return {
    read(samples, isLast) {
      const available = held.length === 0 ? samples : joined(held, samples);
      const spans = readFrames(available, progress, isLast);
      const words = spans.map((span) => moved(span, heldFromSample));
      const doneSamples = isLast ? available.length : progress.nextSample;
      held = available.slice(doneSamples);
      heldFromSample += doneSamples;
      progress.nextSample = 0;
      return words;
    },
  };
}

function readFrames(samples: Float32Array, progress: Progress, isLast: boolean): RecognizedSpan[] {
  const spans: RecognizedSpan[] = [];
  for (;;) {
    const run = findLoudRun(samples, progress.nextSample);
    if (run === null) {
      passOver(samples, progress);
      return spans;
    }
    if (!isLast && frameStartOf(run) + LEDGER_FRAME_SAMPLES > samples.length) return spans;
    const word = readFrame(samples, run, progress);
    if (word !== null) spans.push({ word, startSample: run.startSample, endSample: run.endSample, confidence: null });
  }
}

/** Answers the word of the frame around a run of marker-loud samples, null where only a part of a marker is there. */
function readFrame(samples: Float32Array, run: LoudRun, progress: Progress): string | null {
  const number = readMarker(samples, run);
  if (number === null) {
    const isFirst = progress.lastTail === null;
    progress.nextSample = run.endSample;
    progress.lastTail = isFirst ? null : 'damaged';
    progress.isGapSilent = true;
    return isCutOff(samples, run) ? null : DAMAGED_WORD;
  }
  const frameStart = frameStartOf(run);
  const tail = tailOf(samples, frameStart);
  const isWhole = isJoinedToLast(samples, frameStart, progress) && tail !== 'damaged';
  const frameEnd = Math.min(frameStart + LEDGER_FRAME_SAMPLES, samples.length);
  progress.nextSample = isWhole ? frameEnd : run.endSample;
  progress.lastTail = tail;
  progress.isGapSilent = true;
  return isWhole ? `w${number}` : DAMAGED_WORD;
}

/** True if this frame is whole up to its marker, and nothing was lost or put between the last frame and this one. */
function isJoinedToLast(samples: Float32Array, frameStart: number, progress: Progress): boolean {
  const head = headOf(samples, frameStart);
  if (progress.lastTail === null) return head !== 'damaged';
  const isUncut = progress.lastTail === 'whole' && head === 'whole';
  const isBehind = frameStart >= progress.nextSample;
  return isUncut && isBehind && progress.isGapSilent && isSilentBetween(samples, progress.nextSample, frameStart);
}

/** Without a marker in sight only one frame's length has to be kept: the head of a frame whose marker is yet to come. */
function passOver(samples: Float32Array, progress: Progress): void {
  const passed = Math.max(progress.nextSample, samples.length - LEDGER_FRAME_SAMPLES);
  if (!isSilentBetween(samples, progress.nextSample, passed)) progress.isGapSilent = false;
  progress.nextSample = passed;
}

function frameStartOf(run: LoudRun): number {
  return run.startSample - MARKER_OFFSET_SAMPLES;
}

function moved(span: RecognizedSpan, bySamples: number): RecognizedSpan {
  return bySamples === 0
    ? span
    : { ...span, startSample: span.startSample + bySamples, endSample: span.endSample + bySamples };
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
