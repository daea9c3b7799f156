import type {
  AudioControl,
  Fence,
  NodeRecord,
  OpenSessionConfig,
  ProviderName,
  Seq,
  SessionId,
  SessionState,
  SttError,
} from '@verbatim/protocol';
import type { ChunkUploads } from './gateway/chunk-face.ts';

/** A durable message: in the log under its `seq`, never changed. `json` is the server message as it goes to the client. */
export interface DurableMessage {
  readonly seq: Seq;
  readonly json: string;
}

/** What both faces can do: be seen, be counted, be asked for health. */
export interface Presence {
  /** Writes this process's record; it vanishes 10 s after the last call. */
  heartbeat(nodeId: string, record: NodeRecord): Promise<void>;
  /** Removes this process's record at once. */
  leave(nodeId: string): Promise<void>;
  listNodes(): Promise<readonly { readonly nodeId: string; readonly record: NodeRecord }[]>;
  /** Adds to this minute's roll-up, for example `{ audio_samples: 1600, 'requests:local': 1 }`. */
  addStats(deltas: Readonly<Record<string, number>>): Promise<void>;
  /** Sums the roll-ups of the last `minutes` minutes. */
  readStats(minutes: number): Promise<Readonly<Record<string, number>>>;
  /** Live sessions, over all shards. */
  countOpenSessions(): Promise<number>;
  /** Round trip to Redis. Units: milliseconds. @throws SttError `storage_unavailable` */
  ping(): Promise<number>;
  /** The durable messages after `afterSeq`, in order; at most `limit` of them. Default: all. */
  readLog(sessionId: SessionId, afterSeq: Seq, limit?: number): Promise<readonly DurableMessage[]>;
  /** Closes every connection; what was appended before is flushed first. */
  close(): Promise<void>;
}

// ---------------------------------------------------------------- gateway

export interface OpenedSession {
  readonly sessionId: SessionId;
  readonly epoch: string;
  readonly resumeToken: string;
  /** 1 for the first connection, one more at each resume: the last connection wins. */
  readonly connection: number;
}

export interface ResumedSession extends OpenedSession {
  readonly config: OpenSessionConfig;
  readonly state: SessionState;
  /** Where audio goes on: the end of the last entry that Redis holds. */
  readonly audio: AudioStanding;
  /** Packed audio only: the beginning of the client's file, without which nothing after it can be decoded. */
  readonly mediaHeader?: Uint8Array;
  readonly lastSeq: Seq;
}

/** How far a session's audio is stored, and where its client goes on. */
export interface AudioStanding {
  readonly sample: number;
  readonly clientBytes: number;
  /** Packed audio only: what a decoder that begins at `clientBytes` gives first. Units: samples per channel at the audio's own rate. */
  readonly restartFrame?: number;
}

export interface SessionSnapshot {
  readonly sessionId: SessionId;
  readonly config: OpenSessionConfig;
  readonly state: SessionState;
  readonly epoch: string;
  readonly lastSeq: Seq;
}

/** What arrives for a followed session, in order, each durable message exactly once. */
export interface TextListener {
  onDurable(message: DurableMessage): void;
  /** Interims, speech events, status: at most once, may be lost. */
  onTransient(json: string): void;
  /** A newer connection took the session over (resume elsewhere). Never told to an observer. */
  onReplaced(): void;
  /** There is no such session any more; nothing follows. */
  onGone(why: GoneReason): void;
}

/** `deleted`: somebody deleted it, and that was heard. `missing`: its record was found gone, for whatever reason. */
export type GoneReason = 'deleted' | 'missing';

export interface Following {
  stop(): void;
}

/** The text of a session for somebody who does not hold it. */
export interface Observing extends Following {
  /**
   * Looks for what the channel lost and nothing later shows: the last message, or that the session is gone. Call it now and then; a look that
   * fails is repeated by itself.
   */
  look(): void;
}

export interface AudioWriterListener {
  /** Redis holds the audio up to here. */
  onStored(position: { readonly sample: number; readonly clientBytes: number }): void;
  /** `true`: stop reading from the client; `false`: go on. Nothing is dropped in between. */
  onPressure(isUnderPressure: boolean): void;
  /** The stream is gone or belongs to somebody else; nothing more can be written. */
  onLost(error: SttError): void;
}

/** Appends one session's audio in order, each entry under its end offset, so that a repeat is refused and not doubled. */
export interface AudioWriter {
  /** Takes the bytes over without a copy: do not write to `pcm` afterwards. */
  append(chunk: {
    readonly endSample: number;
    readonly pcm: Uint8Array;
    readonly clientBytes: number;
    readonly restartFrame?: number;
    /** The beginning of the client's file: kept in the record from the moment this chunk is stored, and given to whoever resumes. */
    readonly mediaHeader?: Uint8Array;
  }): void;
  /** Puts a mark behind all audio appended so far. */
  mark(control: AudioControl): void;
  /** Resolves when everything appended so far is stored. @throws SttError of `onLost`; `storage_unavailable` when closed before */
  drained(): Promise<void>;
  /** Stops at once and calls nobody back; what is not stored yet is given up, so await {@link drained} first to keep it. */
  close(): void;
}

export interface GatewaySide extends Presence, ChunkUploads {
  openSession(config: OpenSessionConfig): Promise<OpenedSession>;
  /** @throws SttError `session_not_found`, `resume_unrecoverable`, `storage_unavailable` */
  resumeSession(sessionId: SessionId, resumeToken: string): Promise<ResumedSession>;
  openAudioWriter(
    session: { readonly sessionId: SessionId; readonly connection?: number },
    start: AudioStanding,
    listener: AudioWriterListener,
  ): AudioWriter;
  /** Subscribes, reads the log after `afterSeq`, merges, goes live. */
  follow(sessionId: SessionId, connection: number, afterSeq: Seq, listener: TextListener): Promise<Following>;
  /** The same for any number of observers: they do not keep the session alive, and no newer connection replaces them. */
  observe(sessionId: SessionId, afterSeq: Seq, listener: TextListener): Promise<Observing>;
  /** Keeps connected sessions' keys alive and the reaper away; call at least every 60 s. Returns those whose record is gone. */
  keepAlive(sessionIds: readonly SessionId[]): Promise<readonly SessionId[]>;
  /** Called when Redis is reachable again after a cut: what it holds may be older than what was acknowledged, or gone. */
  onReconnected(listener: () => void): void;
  /** The connection is gone: the session waits for a resume. No effect when a newer connection holds it. */
  detach(sessionId: SessionId, connection: number): Promise<void>;
  readSession(sessionId: SessionId): Promise<SessionSnapshot | undefined>;
  /** Forgets the session, whatever its state, and tells who follows it. Resolves with whether there was one. */
  deleteSession(sessionId: SessionId): Promise<boolean>;
}

// ---------------------------------------------------------------- transcriber

export interface ClaimedSession {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  readonly config: OpenSessionConfig;
  readonly lastSeq: Seq;
  /** JSON as given to the last commit; `undefined` for a session nobody has committed to. */
  readonly checkpoint: string | undefined;
  /** True when another transcriber held it before. */
  readonly isTakeover: boolean;
  /** Owners in a row that failed with it, each released it as `failed`, before anything was committed: the sign of audio that nobody can transcribe. */
  readonly failedOwners: number;
}

export type AudioEntry =
  | { readonly kind: 'audio'; readonly streamId: string; readonly endSample: number; readonly pcm: Buffer }
  | { readonly kind: 'control'; readonly streamId: string; readonly atSample: number; readonly control: AudioControl };

export interface AudioCursor {
  readonly sessionId: SessionId;
  /** Entries after this stream id are wanted; `0-0` from the start. */
  readonly afterStreamId: string;
}

/** A write of the transcriber; refused whole when the fence is not the session's newest or this node is not its owner. */
export interface CommitRequest {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  /** The last `seq` that the committer knows to be in the log; a log that ends earlier was rolled back. */
  readonly afterSeq: Seq;
  /** New durable messages, numbered on from `afterSeq`; may be empty (checkpoint and trim only). */
  readonly messages: readonly DurableMessage[];
  readonly checkpoint: string;
  /** Audio entries that end before this sample are deleted. */
  readonly releaseBeforeSample: number;
  /** The session is over: with the last message its audio is deleted and it leaves `open`. */
  readonly endsSession: boolean;
}

/**
 * `fenced`: somebody else owns the session, nothing was written. `rolled_back`: a failover took back commits that had been
 * acknowledged, nothing was written; the session must be claimed again, from the checkpoint that Redis holds now.
 */
export type CommitResult = 'committed' | 'fenced' | 'rolled_back';

export interface TranscriberSide extends Presence {
  /** Takes up to `limit` sessions for this node that are nobody's and want one of `providers`. */
  claim(limit: number, providers: readonly ProviderName[]): Promise<readonly ClaimedSession[]>;
  /** Called when some session became nobody's; poll as well, the message may be lost. */
  onWork(listener: () => void): void;
  /** Extends the lease of every held session; returns those that were lost. */
  renewLeases(held: readonly { readonly sessionId: SessionId; readonly fence: Fence }[]): Promise<readonly SessionId[]>;
  /** One non-blocking read over all cursors; entries in stream order. */
  readAudio(cursors: readonly AudioCursor[]): Promise<ReadonlyMap<SessionId, readonly AudioEntry[]>>;
  commit(request: CommitRequest): Promise<CommitResult>;
  /** Interims, speech events, status: published only. A gateway drops those of an older fence. */
  publish(sessionId: SessionId, fence: Fence, json: string): void;
  /** Hands the session back: the next transcriber may claim it at once. `failed` counts as a failed owner. */
  release(sessionId: SessionId, fence: Fence, why: 'handed_over' | 'failed'): Promise<void>;
}

// ---------------------------------------------------------------- reaper

/** What one look at a shard came to. */
export interface ReapedShard {
  /** Sessions told to end, because their client did not come back in time. */
  readonly expired: readonly SessionId[];
  /** Members of the shard's sets that had no record any more and were taken out. */
  readonly healed: number;
}

/** The face of `apps/jobs`: it ends what nobody comes back for, and writes neither audio nor text. */
export interface ReaperSide extends Presence {
  readonly shards: number;
  /** Idempotent; may run in several processes at once. */
  reapShard(shard: number): Promise<ReapedShard>;
}
