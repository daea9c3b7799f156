import type { QuietSearch } from './quiet-place.ts';

/** An utterance somebody is speaking. Units: samples at 16 kHz. */
export interface OpenUtterance {
  readonly segmentId: number;
  /** Where its own range starts: the end of the final before, or later. */
  readonly fromSample: number;
  /** Where its decodes start: earlier than its range by half the overlap after a forced split. */
  readonly decodeFromSample: number;
  /** True for the part that follows a forced split. */
  readonly isContinuation: boolean;
  /** Where speech began, as far as the detector can tell. */
  readonly speechFromSample: number;
  /** End of the last window judged as speech. */
  readonly lastSpeechSample: number;
  readonly speechSamples: number;
  readonly quiet: QuietSearch;
}

/** What a replay from this place needs to know; taken where a boundary was decided. */
export interface Boundary {
  readonly decidedSample: number;
  readonly flushesAtDecided: number;
  /** Id of the next final to come. */
  readonly nextSegmentId: number;
  /** End of the last final: no later one reaches back over it. */
  readonly settledSample: number;
  /** The part that a forced split left open. */
  readonly open: OpenUtterance | undefined;
  /** The input is over and its last final is this one. */
  readonly isEnd: boolean;
}

/** An utterance that got its range; its text is still to come. A flush with nothing open makes one of no length. */
export interface ClosedUtterance {
  readonly segmentId: number;
  readonly fromSample: number;
  readonly toSample: number;
  readonly decodeFromSample: number;
  readonly decodeToSample: number;
  readonly isContinuation: boolean;
  readonly isUtteranceEnd: boolean;
  readonly speechFromSample: number;
  readonly speechSamples: number;
  readonly boundary: Boundary;
}
