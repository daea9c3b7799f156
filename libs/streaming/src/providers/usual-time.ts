/** Of fewer answers nobody knows what is usual. Units: answers. */
export const LEAST_USUAL_ANSWERS = 10;
/** So many of the newest are remembered: at one a second two minutes. Units: answers. */
const MOST_USUAL_ANSWERS = 120;
/** A service that was slow a while ago need not be so now. Units: milliseconds. */
export const USUAL_WINDOW_MS = 180_000;
/** Nineteen of twenty answers take no longer. */
const USUAL_SHARE = 0.95;

interface Answer {
  readonly atMs: number;
  readonly tookMs: number;
}

/** How long answers have taken of late, oldest first. Plain data; times are those of the caller. */
export type UsualTime = readonly Answer[];

/** Nothing answered yet. */
export const unknownUsualTime: UsualTime = [];

/** Notes one answer. Pure. Units: milliseconds. */
export function noteAnswer(usual: UsualTime, answer: Answer): UsualTime {
  return [...usual, answer].slice(-MOST_USUAL_ANSWERS);
}

/** What nineteen of twenty answers of late have stayed below; `undefined` while too few are known. Pure. Units: milliseconds. */
export function usualMs(usual: UsualTime, atMs: number): number | undefined {
  const tooksMs = usual.filter((answer) => atMs - answer.atMs < USUAL_WINDOW_MS).map(({ tookMs }) => tookMs);
  if (tooksMs.length < LEAST_USUAL_ANSWERS) return undefined;
  tooksMs.sort((a, b) => a - b);
  return tooksMs[Math.ceil(tooksMs.length * USUAL_SHARE) - 1];
}
