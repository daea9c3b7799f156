import type { SessionSegment } from '../http/session-view.ts';
import { timedWords, type TimedWord } from './timed-words.ts';

/** One line of subtitles. Units: whole milliseconds. */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly channel: number;
}

export interface SubtitleOptions {
  /** Words of one cue at the most. Default 8, at least 1; sensible from 5 to 14. */
  readonly wordsPerCue?: number;
}

/** As many as `@deepgram/captions` puts into a line. */
const DEFAULT_WORDS_PER_CUE = 8;

/** WebVTT has no cue that ends when it begins: players leave it out. */
const SHORTEST_CUE_MS = 1;

/**
 * Cuts finals into cues. No cue holds words of two finals: between them is a pause, or another channel.
 * Shape: in the order in which they begin, those of the lower channel first.
 */
export function toCues(segments: readonly SessionSegment[], options: SubtitleOptions = {}): readonly Cue[] {
  const { wordsPerCue = DEFAULT_WORDS_PER_CUE } = options;
  const cues = segments.flatMap((segment) =>
    linesOf(timedWords(segment), wordsPerCue).map((line) => ({ channel: segment.channel, ...cueOf(line) })),
  );
  return cues.sort((a, b) => a.startMs - b.startMs || a.channel - b.channel);
}

function linesOf(words: readonly TimedWord[], wordsPerCue: number): readonly (readonly TimedWord[])[] {
  const count = Math.ceil(words.length / wordsPerCue);
  return Array.from({ length: count }, (_, index) => words.slice(index * wordsPerCue, (index + 1) * wordsPerCue));
}

function cueOf(line: readonly TimedWord[]): Omit<Cue, 'channel'> {
  const startMs = line[0]?.startMs ?? 0;
  const endMs = Math.max(line.at(-1)?.endMs ?? 0, startMs + SHORTEST_CUE_MS);
  const text = line.map((word, index) => `${index === 0 || word.isJoined ? '' : ' '}${word.text}`).join('');
  return { startMs, endMs, text };
}
