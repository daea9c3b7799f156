import type { Transcription } from '@verbatim/protocol';
import { alignWords, comparableWords } from './word-alignment.ts';
import type { ReceivedMessage } from './speech-run.ts';
import { estimateWordEndsMs, type VoicedInterval } from './voiced-intervals.ts';

/** What a reader of the captions saw of one session. Latencies in milliseconds after the word was spoken to its end. */
export interface CaptionMetrics {
  readonly text: string;
  readonly finalWords: number;
  readonly changedWords: number;
  readonly changedStableWords: number;
  readonly shownAfterMs: readonly number[];
  readonly stableAfterMs: readonly number[];
  /** Finals that end an utterance: arrival after the end of its last voiced interval. */
  readonly finalAfterSpeechMs: readonly number[];
  /** First interim after the start of speech, `undefined` without interims. */
  readonly firstInterimAfterMs: number | undefined;
}

interface TimedTranscription {
  readonly transcription: Transcription;
  readonly atMs: number;
}

export function measureCaptions(
  messages: readonly ReceivedMessage[],
  voiced: readonly VoicedInterval[],
): CaptionMetrics {
  const transcriptions = messages.flatMap(({ message, atMs }) =>
    message.type === 'transcription' ? [{ transcription: message, atMs }] : [],
  );
  const segmentIds = [...new Set(transcriptions.map(({ transcription }) => transcription.segment_id))];
  const segments = segmentIds.map((id) =>
    measureSegment(
      transcriptions.filter(({ transcription }) => transcription.segment_id === id),
      voiced,
    ),
  );
  const firstInterim = transcriptions.find(({ transcription }) => transcription.text !== '');
  const speechFromMs = voiced[0]?.fromMs ?? 0;
  return {
    text: transcriptions
      .filter(({ transcription }) => transcription.is_final)
      .map(({ transcription }) => transcription.text)
      .join(' '),
    finalWords: segments.reduce((total, { finalWords }) => total + finalWords, 0),
    changedWords: segments.reduce((total, { changedWords }) => total + changedWords, 0),
    changedStableWords: segments.reduce((total, { changedStableWords }) => total + changedStableWords, 0),
    shownAfterMs: segments.flatMap(({ shownAfterMs }) => shownAfterMs),
    stableAfterMs: segments.flatMap(({ stableAfterMs }) => stableAfterMs),
    finalAfterSpeechMs: segments.flatMap(({ finalAfterSpeechMs }) => finalAfterSpeechMs),
    firstInterimAfterMs: firstInterim === undefined ? undefined : firstInterim.atMs - speechFromMs,
  };
}

type SegmentMetrics = Omit<CaptionMetrics, 'text' | 'firstInterimAfterMs'>;

function measureSegment(segment: readonly TimedTranscription[], voiced: readonly VoicedInterval[]): SegmentMetrics {
  const final = segment.find(({ transcription }) => transcription.is_final);
  const words = final === undefined ? [] : comparableWords(final.transcription.text);
  if (final === undefined || words.length === 0) return EMPTY_SEGMENT;
  const range = { fromMs: final.transcription.start_ms, toMs: final.transcription.end_ms };
  const endsMs = estimateWordEndsMs(words, voiced, range);
  const lastVoiceMs = voiced.findLast(({ fromMs }) => fromMs < range.toMs)?.toMs ?? range.toMs;
  return {
    finalWords: words.length,
    changedWords: countChanges(segment, ({ text }) => text),
    changedStableWords: countChanges(segment, ({ text, stable_chars }) => text.slice(0, stable_chars)),
    shownAfterMs: firstSeenAfterMs(segment, words, endsMs, ({ text }) => text),
    stableAfterMs: firstSeenAfterMs(segment, words, endsMs, ({ text, stable_chars, is_final }) =>
      is_final ? text : text.slice(0, stable_chars),
    ),
    finalAfterSpeechMs: final.transcription.speech_final ? [final.atMs - Math.min(lastVoiceMs, range.toMs)] : [],
  };
}

const EMPTY_SEGMENT: SegmentMetrics = {
  finalWords: 0,
  changedWords: 0,
  changedStableWords: 0,
  shownAfterMs: [],
  stableAfterMs: [],
  finalAfterSpeechMs: [],
};

/** Words of an interim's part that the next message of the segment no longer has. */
function countChanges(segment: readonly TimedTranscription[], part: (of: Transcription) => string): number {
  let changes = 0;
  for (const [index, { transcription }] of segment.entries()) {
    const next = segment[index + 1];
    if (next === undefined) break;
    const { matches } = alignWords(comparableWords(part(transcription)), comparableWords(next.transcription.text));
    changes += matches.filter((match) => match === undefined).length;
  }
  return changes;
}

/** For each word of the final: when a message first had it in its place. */
function firstSeenAfterMs(
  segment: readonly TimedTranscription[],
  words: readonly string[],
  endsMs: readonly number[],
  part: (of: Transcription) => string,
): readonly number[] {
  const seenMs: (number | undefined)[] = words.map(() => undefined);
  for (const { transcription, atMs } of segment) {
    for (const match of alignWords(comparableWords(part(transcription)), words).matches) {
      if (match !== undefined) seenMs[match] ??= atMs;
    }
  }
  return seenMs.flatMap((atMs, index) => (atMs === undefined ? [] : [atMs - (endsMs[index] ?? 0)]));
}
