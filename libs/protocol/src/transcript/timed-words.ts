import type { SessionSegment } from '../http/session-view.ts';

/** A piece of text as it is shown, and when it is said. Units: whole milliseconds. */
export interface TimedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** It goes on from the word before it without a space. */
  readonly isJoined: boolean;
}

type ShownWord = Pick<TimedWord, 'text' | 'isJoined'>;

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A line of Chinese subtitles has 16 characters, of Japanese ones 13 (Netflix timed text style guides): 8 pieces of 2 are about a line. */
const PIECE_CHARACTERS = 2;

const WHITE_SPACE = /\s+/;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Gives every word of a segment a time. Where the recogniser gave times they are taken; the text is the segment's, which has the punctuation
 * that words often lack, as long as it has as many words. Elsewhere the segment's time is shared out by the length of the words.
 */
export function timedWords(segment: SessionSegment): readonly TimedWord[] {
  return segment.words === undefined || segment.words.length === 0 ? interpolated(segment) : withTimes(segment);
}

function withTimes({ text, words = [] }: SessionSegment): readonly TimedWord[] {
  const spoken = words.map(({ word }) => wordsIn(word).join(' '));
  const shown = wordsIn(text);
  const texts = shown.length === words.length ? shown : spoken;
  const isJoined = shown.length === 1 && spoken.join('') === text;
  return words.map(({ start_ms, end_ms }, index) => ({
    text: texts[index] ?? '',
    startMs: start_ms,
    endMs: end_ms,
    isJoined,
  }));
}

function interpolated({ text, start_ms, end_ms }: SessionSegment): readonly TimedWord[] {
  const words = wordsIn(text).flatMap(piecesOf);
  const total = words.reduce((sum, word) => sum + word.text.length, 0);
  const at = (length: number) => Math.round(start_ms + ((end_ms - start_ms) * length) / total);
  let before = 0;
  return words.map((word) => {
    const startMs = at(before);
    before += word.text.length;
    return { ...word, startMs, endMs: at(before) };
  });
}

/** A word, or the pieces of a text that is written without spaces. */
function piecesOf(word: string): readonly ShownWord[] {
  if (!UNSPACED.test(word)) return [{ text: word, isJoined: false }];
  const characters = Array.from(graphemes.segment(word), ({ segment }) => segment);
  const count = Math.ceil(characters.length / PIECE_CHARACTERS);
  return Array.from({ length: count }, (_, index) => ({
    text: characters.slice(index * PIECE_CHARACTERS, (index + 1) * PIECE_CHARACTERS).join(''),
    isJoined: index > 0,
  }));
}

function wordsIn(text: string): readonly string[] {
  return text.split(WHITE_SPACE).filter((word) => word !== '');
}
