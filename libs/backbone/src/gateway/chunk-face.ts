import type { OpenSessionConfig, Seq, SessionId } from '@verbatim/protocol';

/** An upload that asks to be let in. */
export interface ChunkToBegin {
  /** Without it the next one. */
  readonly index: number | undefined;
  /** Of its bytes, and of whatever else must be the same in a repeat. */
  readonly digest: string;
  /** The caller has just opened the session for this upload. */
  readonly isFirst: boolean;
}

/** Where a session stands as an upload of it begins. */
export interface BegunChunk {
  readonly kind: 'begun';
  readonly index: number;
  readonly config: OpenSessionConfig;
  /** How far audio is stored: beyond the last chunk taken, when an earlier try of this one died or ran out of time. */
  readonly stored: { readonly sample: number; readonly clientBytes: number };
  /** Finals up to here were told by earlier answers. */
  readonly toldSeq: Seq;
  /** As given to the last {@link ChunkUploads.takeChunk}; empty before the first. */
  readonly decoder: string;
}

/** A chunk that was taken before. */
export interface TakenChunk {
  readonly kind: 'taken';
  readonly index: number;
  readonly config: OpenSessionConfig;
  readonly toldSeq: Seq;
  /** What its answer tells is decided. */
  readonly isAnswered: boolean;
}

/**
 * `taken`: this index was taken before, its answer can be told again · `ahead`: another index is next · `other_bytes`: the index was taken,
 * or is stored in part, with other bytes · `over`: the session has ended or is about to · `not_chunked`: it belongs to a WebSocket · `gone`.
 */
export type BeginChunkResult =
  | BegunChunk
  | TakenChunk
  | { readonly kind: 'ahead' | 'other_bytes'; readonly index: number }
  | { readonly kind: 'over' | 'not_chunked' | 'gone' };

/** An upload whose audio is stored whole. */
export interface ChunkToTake {
  readonly index: number;
  readonly digest: string;
  readonly decoder: string;
  readonly stored: { readonly sample: number; readonly clientBytes: number };
  readonly isFinal: boolean;
}

/** `already`: another request took the same chunk · `moved`: audio or index stand elsewhere than the caller left them; begin again. */
export type TakeChunkResult = 'taken' | 'already' | 'other_bytes' | 'moved' | 'over' | 'gone';

/** The finals of one answer: those after `afterSeq` up to `upToSeq`. */
export interface AnswerRange {
  readonly afterSeq: Seq;
  readonly upToSeq: Seq;
}

/** The part of the gateway's face for sessions whose audio comes in uploads, each to whichever replica. @see docs/adr/0015-http-chunks.md */
export interface ChunkUploads {
  /** Lets an upload begin and keeps the reaper away meanwhile. May be repeated. @throws SttError `storage_unavailable` */
  beginChunk(sessionId: SessionId, chunk: ChunkToBegin): Promise<BeginChunkResult>;
  /** Moves index and decoder on, writes the end mark of a final chunk, and lets the session wait for the next one. May be repeated. */
  takeChunk(sessionId: SessionId, chunk: ChunkToTake): Promise<TakeChunkResult>;
  /** Decides once which finals the answer to a taken chunk tells; `undefined` when the session is gone. May be repeated. */
  answerChunk(sessionId: SessionId, index: number): Promise<AnswerRange | undefined>;
}
