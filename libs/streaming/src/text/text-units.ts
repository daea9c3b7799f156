import type { Hypothesis, RecognizedWord } from '../policy-events.ts';

/** A piece of text as it stands, with the blank before it: a word, or one character where a script sets no blanks. */
export interface TextUnit {
  readonly text: string;
  /** The same without case, punctuation and blanks: what units are compared by. */
  readonly key: string;
  /** Times and confidence, where the recogniser gave words that match its text. */
  readonly word?: RecognizedWord;
}

/** Scripts written without blanks between words. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}';
const UNIT = new RegExp(`\\s*(?:[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+)`, 'gu');
const STARTS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const NOT_COMPARED = /[^\p{L}\p{N}\p{M}]+/gu;

/** Brings a word to the form in which words are compared. */
export function keyOf(text: string): string {
  return text.toLowerCase().replace(NOT_COMPARED, '');
}

/** Cuts a hypothesis into units. Its words decide where, as long as they spell its text; otherwise its blanks do. */
export function unitsOf(hypothesis: Hypothesis): readonly TextUnit[] {
  const byWords = hypothesis.words === undefined ? undefined : unitsByWords(hypothesis.text, hypothesis.words);
  return byWords ?? unitsByBlanks(hypothesis.text, hypothesis.words ?? []);
}

/** Puts units together as text. */
export function textOf(units: readonly TextUnit[]): string {
  return units
    .map((unit) => unit.text)
    .join('')
    .trim();
}

/** Appends units to units, with a blank between them where the script wants one. */
export function joinUnits(head: readonly TextUnit[], tail: readonly TextUnit[]): readonly TextUnit[] {
  const [first, ...rest] = tail;
  if (first === undefined || head.length === 0) return [...head, ...tail];
  const needsBlank = !/^\s/u.test(first.text) && !STARTS_UNSPACED.test(first.text);
  return [...head, needsBlank ? { ...first, text: ` ${first.text}` } : first, ...rest];
}

/** The words of units, if every one of them has its own. */
export function wordsOf(units: readonly TextUnit[]): readonly RecognizedWord[] | undefined {
  const words = units.flatMap((unit) => (unit.word === undefined ? [] : [unit.word]));
  return words.length === units.length ? words : undefined;
}

/** The same hypothesis with an edited text, and the words that belong to it. */
export function withText(
  { confidence, language, tokenCount, answeredBy }: Hypothesis,
  text: string,
  words: readonly RecognizedWord[] | undefined,
): Hypothesis {
  return {
    ...{ text, confidence, language },
    ...(words && { words }),
    ...(tokenCount !== undefined && { tokenCount }),
    ...(answeredBy !== undefined && { answeredBy }),
  };
}

/** Length of the prefix in which two runs of units have the same keys. */
export function commonPrefixUnits(a: readonly TextUnit[], b: readonly TextUnit[]): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && a[length]?.key === b[length]?.key) length += 1;
  return length;
}

function unitsByWords(text: string, words: readonly RecognizedWord[]): readonly TextUnit[] | undefined {
  const units: TextUnit[] = [];
  let position = 0;
  for (const word of words) {
    const spelled = word.word.trim();
    const foundAt = text.indexOf(spelled, position);
    if (spelled === '' || foundAt < 0 || text.slice(position, foundAt).trim() !== '') return undefined;
    const end = foundAt + spelled.length;
    units.push({ text: text.slice(position, end), key: keyOf(spelled), word });
    position = end;
  }
  return text.slice(position).trim() === '' ? units : undefined;
}

/** Words that differ from the text in case and punctuation only still lend it their times. */
function unitsByBlanks(text: string, words: readonly RecognizedWord[]): readonly TextUnit[] {
  const units = (text.match(UNIT) ?? []).map((unit): TextUnit => ({ text: unit, key: keyOf(unit) }));
  const isSame =
    words.length === units.length && units.every((unit, index) => unit.key === keyOf(words[index]?.word ?? ''));
  if (!isSame) return units;
  return units.map((unit, index) => ({ ...unit, ...wordAt(words, index) }));
}

function wordAt(words: readonly RecognizedWord[], index: number): { readonly word?: RecognizedWord } {
  const word = words[index];
  return word === undefined ? {} : { word };
}
