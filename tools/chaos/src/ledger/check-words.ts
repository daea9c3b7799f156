/** What may be wrong with a ledger session. */
export type ViolationKind =
  'missing' | 'doubled' | 'changed' | 'out_of_order' | 'seq_gap' | 'seq_repeat' | 'transcript' | 'interim' | 'end';

export interface Violation {
  readonly kind: ViolationKind;
  /** What exactly, short enough for a line of a report. */
  readonly detail: string;
}

const WORD = /^w([1-9]\d*)$/;

/** More than this of one kind says no more than the first of them. */
const MOST_SHOWN = 8;

/** Compares words with `w1` … `w<frames>`: which are missing, doubled, not of the ledger, or too early. */
export function checkWords(words: readonly string[], frames: number): readonly Violation[] {
  const seen = new Set<number>();
  const doubled = new Set<number>();
  const changed: string[] = [];
  const early: string[] = [];
  let highest = 0;
  for (const word of words) {
    const frame = Number(WORD.exec(word)?.[1] ?? 0);
    if (frame === 0 || frame > frames) changed.push(word);
    else if (seen.has(frame)) doubled.add(frame);
    else if (frame < highest) early.push(`w${frame} after w${highest}`);
    if (frame === 0 || frame > frames) continue;
    seen.add(frame);
    highest = Math.max(highest, frame);
  }
  const missing = Array.from({ length: frames }, (_, index) => index + 1).filter((frame) => !seen.has(frame));
  return [
    ...violation('missing', ranges(missing)),
    ...violation('doubled', ranges([...doubled].sort((a, b) => a - b))),
    ...violation('changed', changed),
    ...violation('out_of_order', early),
  ];
}

/** One violation for all findings of a kind, none for none. */
export function violation(kind: ViolationKind, findings: readonly string[]): readonly Violation[] {
  if (findings.length === 0) return [];
  const more = findings.length > MOST_SHOWN ? ` and ${findings.length - MOST_SHOWN} more` : '';
  return [{ kind, detail: `${findings.slice(0, MOST_SHOWN).join(', ')}${more}` }];
}

/** 1, 2, 3, 7 → w1–w3, w7. */
function ranges(frames: readonly number[]): readonly string[] {
  const found: { from: number; to: number }[] = [];
  for (const frame of frames) {
    const last = found.at(-1);
    if (last !== undefined && last.to === frame - 1) last.to = frame;
    else found.push({ from: frame, to: frame });
  }
  return found.map(({ from, to }) => (from === to ? `w${from}` : `w${from}–w${to}`));
}
