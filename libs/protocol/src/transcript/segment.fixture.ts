import type { SessionSegment } from '../http/session-view.ts';

/** A final of one channel; its text is its words unless it says otherwise. */
export function segmentOf(
  words: readonly (readonly [word: string, startMs: number, endMs: number])[],
  rest: Partial<SessionSegment> = {},
): SessionSegment {
  return {
    ...untimed(words.map(([word]) => word).join(' '), words[0]?.[1] ?? 0, words.at(-1)?.[2] ?? 0),
    words: words.map(([word, start_ms, end_ms]) => ({ word, start_ms, end_ms, confidence: null })),
    ...rest,
  };
}

/** A final without word times. */
export function untimed(text: string, startMs: number, endMs: number, channel = 0): SessionSegment {
  return {
    ...{ seq: 1, segment_id: 0, channel, confidence: 0.9, language: 'en', provider: 'ledger' },
    ...{ start_ms: startMs, end_ms: endMs, text },
  };
}
