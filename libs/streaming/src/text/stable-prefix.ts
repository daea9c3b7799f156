import { commonPrefixUnits, joinUnits, textOf, type TextUnit } from './text-units.ts';

/** What an utterance's interims have shown so far. */
export interface StablePrefix {
  /** Units on which two hypotheses in a row agreed. They stay until the final. */
  readonly stable: readonly TextUnit[];
  /** The rest of the last hypothesis: what the next one has to confirm. */
  readonly candidate: readonly TextUnit[];
}

export const freshPrefix: StablePrefix = { stable: [], candidate: [] };

/**
 * Takes the next hypothesis: local agreement of two.
 *
 * Invariant: `stable` only grows. A later hypothesis is aligned to it by edit distance, and only what lies behind is new:
 * if "the quick brown" is stable and the recogniser now says "a quick brown fox", "the quick brown fox" is shown.
 * @param confirmable how many units of the hypothesis may become stable; the rest is shown only.
 */
export function agree(
  prefix: StablePrefix,
  hypothesis: readonly TextUnit[],
  confirmable: number = hypothesis.length,
): StablePrefix {
  const alignedTo = alignedPrefixLength(prefix.stable, hypothesis);
  const tail = hypothesis.slice(alignedTo);
  const agreed = Math.min(commonPrefixUnits(prefix.candidate, tail), Math.max(0, confirmable - alignedTo));
  return { stable: joinUnits(prefix.stable, tail.slice(0, agreed)), candidate: tail.slice(agreed) };
}

/** Everything to show, and how many characters of it are stable. */
export function shownText(prefix: StablePrefix): {
  readonly units: readonly TextUnit[];
  readonly text: string;
  readonly stableChars: number;
} {
  const units = joinUnits(prefix.stable, prefix.candidate);
  return { units, text: textOf(units), stableChars: textOf(prefix.stable).length };
}

/**
 * How many units of the hypothesis cover the stable ones: the prefix of least edit distance to them. Among equals the longest
 * wins: a replaced word is more likely than one left out, and showing it twice is worse.
 */
function alignedPrefixLength(stable: readonly TextUnit[], hypothesis: readonly TextUnit[]): number {
  if (commonPrefixUnits(stable, hypothesis) === stable.length) return stable.length;
  let distances = Array.from({ length: hypothesis.length + 1 }, (_, column) => column);
  for (const [row, { key }] of stable.entries()) {
    const next = [row + 1];
    for (const [column, unit] of hypothesis.entries()) {
      const replaced = (distances[column] ?? 0) + (unit.key === key ? 0 : 1);
      next.push(Math.min(replaced, (distances[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    distances = next;
  }
  return distances.lastIndexOf(Math.min(...distances));
}
