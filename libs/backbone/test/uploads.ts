import type { BeginChunkResult, ChunkToBegin, ChunkToTake, OpenedSession, TakeChunkResult } from '../src/index.ts';
import type { Fixture } from './fixture.ts';

type Session = Pick<OpenedSession, 'sessionId'>;

/** Begins chunk 0 of 100 ms, or what is given. */
export function beginUpload(
  { gateway }: Fixture,
  { sessionId }: Session,
  chunk: Partial<ChunkToBegin>,
): Promise<BeginChunkResult> {
  return gateway.beginChunk(sessionId, { index: 0, digest: 'a', isFirst: false, ...chunk });
}

/** Takes chunk 0 of 100 ms, or what is given. */
export function takeUpload(
  { gateway }: Fixture,
  { sessionId }: Session,
  chunk: Partial<ChunkToTake>,
): Promise<TakeChunkResult> {
  const stored = { sample: 1600, clientBytes: 3200 };
  return gateway.takeChunk(sessionId, { index: 0, digest: 'a', decoder: '{}', stored, isFinal: false, ...chunk });
}
