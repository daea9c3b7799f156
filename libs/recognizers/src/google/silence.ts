import type { AnswerRhythm } from './answer-rhythm.ts';

/** Half of the patience is for an answer while audio flows, half for one after the stream was ended to get it. */
export const UNASKED_PART = 0.5;

/** How long one utterance has heard nothing of Google though it should have. */
export interface Silence {
  /** A stream begins: what was asked of the one before counts no more. */
  begin(): void;
  /** Loud audio goes out: Google is expected to say something about it. */
  loudSent(): void;
  /** The stream was ended, which asks for an answer. */
  endSent(): void;
  /** A message came. */
  spoke(): void;
  /** The stream has answered its end. */
  over(): void;
  /** It has not, and is given up. */
  timedOut(): void;
  /** Too long for audio that flows: time to end the stream, which a service that lives answers. */
  readonly isTooLong: boolean;
  /** What is left for the last words when the utterance ends now. Units: milliseconds. */
  readonly leftMs: number;
}

export interface SilenceOptions {
  readonly rhythm: AnswerRhythm;
  /** Longest silence in all. Units: milliseconds. */
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

export function createSilence({ rhythm, timeoutMs, nowMs }: SilenceOptions): Silence {
  let unansweredSinceMs: number | undefined;
  let endSentAtMs: number | undefined;
  const tellEnd = (): void => {
    if (endSentAtMs !== undefined) rhythm.ended(nowMs() - endSentAtMs);
    endSentAtMs = undefined;
  };
  return {
    begin() {
      unansweredSinceMs = undefined;
      endSentAtMs = undefined;
    },
    loudSent: () => void (unansweredSinceMs ??= nowMs()),
    endSent: () => void (endSentAtMs = nowMs()),
    spoke() {
      if (unansweredSinceMs !== undefined) rhythm.spoke(nowMs() - unansweredSinceMs);
      unansweredSinceMs = undefined;
      tellEnd();
    },
    over: tellEnd,
    timedOut: () => rhythm.timedOut(endSentAtMs ?? nowMs()),
    get isTooLong() {
      return unansweredSinceMs !== undefined && nowMs() - unansweredSinceMs >= rhythm.silenceMs;
    },
    get leftMs() {
      const silentMs = unansweredSinceMs === undefined ? 0 : nowMs() - unansweredSinceMs;
      return Math.max(timeoutMs * UNASKED_PART, timeoutMs - silentMs);
    },
  };
}
