import { noteAnswer, unknownUsualTime, usualMs } from '@verbatim/streaming';

/** Shorter waits are a pause of the network or of this process. Units: milliseconds. */
const SHORTEST_WAIT_MS = 1000;
/** Between two words a speaker may well take twice as long as usual. */
const SILENCE_FACTOR = 2;
/** The end of a stream is answered at once by a service that lives. */
const END_FACTOR = 4;
/** After so many answers what is usual holds the new pace, too. Units: answers. */
const PACE_LEARNT_ANSWERS = 10;

/**
 * How quickly Google speaks of late, over all utterances: so a Google that falls silent is found out within about two seconds where it
 * usually speaks twice a second, and is given its whole time where it is slow or not known yet.
 */
export interface AnswerRhythm {
  /** Loud audio brought a message after so long. Units: milliseconds. */
  spoke(waitedMs: number): void;
  /** The end of a stream was answered after so long. Units: milliseconds. */
  ended(waitedMs: number): void;
  /**
   * The end of a stream, sent then, was not answered in time. That may be a new pace: who asks from now on waits twice as long. Streams that
   * were cut off by the same silence count once. Units: milliseconds.
   */
  timedOut(sentAtMs: number): void;
  /** After so long without a message the stream is ended to get one. Units: milliseconds. */
  readonly silenceMs: number;
  /** So long it has for an answer to the end of a stream that was silent. Units: milliseconds. */
  readonly endMs: number;
}

/** @param mostMs Longest wait of each kind, and the wait while nothing is known. Units: milliseconds. */
export function createAnswerRhythm(mostMs: number, nowMs: () => number): AnswerRhythm {
  let gaps = unknownUsualTime;
  let ends = unknownUsualTime;
  let slack = { factor: 1, sinceMs: -Infinity, answers: 0 };
  const waitMs = (usual: number | undefined, factor: number): number =>
    usual === undefined ? mostMs : Math.min(mostMs, Math.max(SHORTEST_WAIT_MS, factor * usual));
  return {
    spoke: (tookMs) => void (gaps = noteAnswer(gaps, { atMs: nowMs(), tookMs })),
    ended(tookMs) {
      ends = noteAnswer(ends, { atMs: nowMs(), tookMs });
      const answers = slack.answers + 1;
      slack = { ...slack, answers, factor: answers < PACE_LEARNT_ANSWERS ? slack.factor : 1 };
    },
    timedOut(sentAtMs) {
      if (sentAtMs < slack.sinceMs) return;
      slack = { factor: 2 * slack.factor, sinceMs: nowMs(), answers: 0 };
    },
    get silenceMs() {
      return waitMs(usualMs(gaps, nowMs()), SILENCE_FACTOR);
    },
    get endMs() {
      // Ends are rare at first; what it says in between tells as much of its pace.
      const usual = usualMs(ends, nowMs()) ?? usualMs(gaps, nowMs());
      return Math.min(mostMs, slack.factor * waitMs(usual, END_FACTOR));
    },
  };
}
