// The two faces: each app opens only its own
export { openGatewaySide } from './gateway/gateway-side.ts';
export { openTranscriberSide } from './transcriber/transcriber-side.ts';
export { openReaperSide } from './reaper/reaper-side.ts';
export type { BackboneEvent, BackboneOptions } from './backbone-options.ts';

// What the faces speak of
export type {
  AudioCursor,
  AudioEntry,
  AudioStanding,
  AudioWriter,
  AudioWriterListener,
  ClaimedSession,
  CommitRequest,
  CommitResult,
  DurableMessage,
  Following,
  GatewaySide,
  GoneReason,
  Observing,
  OpenedSession,
  Presence,
  ReapedShard,
  ReaperSide,
  ResumedSession,
  SessionSnapshot,
  TextListener,
  TranscriberSide,
} from './faces.ts';

export type {
  AnswerRange,
  BeginChunkResult,
  BegunChunk,
  ChunkToBegin,
  ChunkToTake,
  ChunkUploads,
  TakeChunkResult,
  TakenChunk,
} from './gateway/chunk-face.ts';

// The variables that every app's config.ts has in common
export { backboneVariables, toBackboneSettings, type BackboneSettings } from './backbone-variables.ts';

// A connection for BullMQ by the same kinds of address
export { createQueueConnection } from './connection/queue-connection.ts';

// The keys, for the generated docs/redis-keys.md
export { REDIS_KEYS, type RedisKeyDescription } from './keys.ts';
