import type { AnswerRange } from '@verbatim/backbone';
import {
  toIsoTimestamp,
  type ChunkAnswer,
  type SessionSegment,
  type SessionView,
  type Transcription,
} from '@verbatim/protocol';

export interface AnswerFacts {
  readonly index: number;
  readonly isFinalChunk: boolean;
  /** The session as it is stored, read after `range` was decided. */
  readonly view: SessionView;
  /** The finals that this answer tells. */
  readonly range: AnswerRange;
  readonly interim: Transcription | undefined;
  readonly atMs: number;
}

/** Builds the answer to a chunk: its finals, or the newest interim while there are none. Pure. */
export function buildChunkAnswer({ index, isFinalChunk, view, range, interim, atMs }: AnswerFacts): ChunkAnswer {
  const segments = view.segments.filter(({ seq }) => seq > range.afterSeq && seq <= range.upToSeq);
  const shown = segments.length > 0 || view.state === 'ended' ? undefined : interim;
  const newest = segments.at(-1) ?? shown;
  return {
    session_id: view.session_id,
    chunk_index: index,
    text: shown?.text ?? segments.map(({ text }) => text).join(' '),
    is_final: isFinalChunk ? view.state === 'ended' : segments.length > 0,
    confidence: shown === undefined ? meanConfidence(segments) : shown.confidence,
    language: newest?.language ?? view.language,
    provider: newest?.provider ?? view.provider,
    timestamp: toIsoTimestamp(atMs),
    segments,
    transcript: view.transcript,
  };
}

/** Mean over the segments that have a confidence, weighted by their duration; `null` when none has. */
function meanConfidence(segments: readonly SessionSegment[]): number | null {
  const known = segments.flatMap(({ confidence, start_ms, end_ms }) =>
    confidence === null ? [] : [{ confidence, durationMs: end_ms - start_ms }],
  );
  const totalMs = known.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (totalMs === 0) return null;
  return known.reduce((sum, { confidence, durationMs }) => sum + confidence * durationMs, 0) / totalMs;
}
