import type { TextUnit } from './text-units.ts';

/** What the part after a forced split must know of the part before: no text, so that a checkpoint holds none. */
export interface Seam {
  /** Fingerprints of its last words. */
  readonly tail: readonly string[];
  /** True where it ended in `.`, `!` or `?`, or was empty: the next part may begin a sentence. */
  readonly endsSentence: boolean;
}

const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/u;

/** A word that only begins with a capital because the recogniser took it for the head of a sentence. */
const CAPITALISED = /^(\s*)(\p{Lu})(?=\p{Ll}|$|\s)/u;
/** English writes `I` with a capital anywhere. */
const ALWAYS_CAPITAL = /^\s*I(?!\p{L})/u;

/** Describes the end of a part for the part that follows it. */
export function seamAfter(units: readonly TextUnit[], maxWords: number): Seam {
  const tail =
    maxWords === 0
      ? []
      : spokenUnits(units)
          .slice(-maxWords)
          .map((unit) => fingerprint(unit.key));
  const last = units.at(-1);
  return { tail, endsSentence: last === undefined || SENTENCE_END.test(last.text) };
}

/** Drops the head words that repeat the tail of the part before, and takes back the capital after a cut in a sentence. */
export function stitch(units: readonly TextUnit[], seam: Seam): readonly TextUnit[] {
  const rest = units.slice(repeatedUnits(units, seam.tail));
  const [first, ...others] = rest;
  if (first === undefined || seam.endsSentence || ALWAYS_CAPITAL.test(first.text)) return rest;
  const text = first.text.replace(CAPITALISED, (_, blank: string, capital: string) => blank + capital.toLowerCase());
  return [text === first.text ? first : lowered(first, text), ...others];
}

/** The most head units that are the last units of the tail, in the same order. */
function repeatedUnits(units: readonly TextUnit[], tail: readonly string[]): number {
  const head = spokenUnits(units)
    .slice(0, tail.length)
    .map((unit) => fingerprint(unit.key));
  for (let count = head.length; count > 0; count -= 1) {
    const isRepeat = tail.slice(-count).every((mark, index) => mark === head[index]);
    if (isRepeat) return unitsThrough(units, count);
  }
  return 0;
}

/** How many units to drop so that `count` spoken ones are gone, and the punctuation behind them. */
function unitsThrough(units: readonly TextUnit[], count: number): number {
  let spoken = 0;
  const next = units.findIndex((unit) => unit.key !== '' && ++spoken > count);
  return next < 0 ? units.length : next;
}

function spokenUnits(units: readonly TextUnit[]): readonly TextUnit[] {
  return units.filter((unit) => unit.key !== '');
}

function lowered(unit: TextUnit, text: string): TextUnit {
  return unit.word === undefined ? { ...unit, text } : { ...unit, text, word: { ...unit.word, word: text.trim() } };
}

/** FNV-1a over 32 bits: equal words have equal marks, and a mark is at most seven characters whatever the word's length. */
function fingerprint(key: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
