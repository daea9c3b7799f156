// The two faces: each app opens only its own
export { openGatewaySide } from './gateway/gateway-side.ts';
export { openTranscriberSide } from './transcriber/transcriber-side.ts';
export { openReaperSide } from './reaper/reaper-side.ts';
export type { BackboneEvent, BackboneOptions } from './backbone-options.ts';

// What the faces speak of
export type {
  AudioCursor,
  AudioEntry,
  AudioWriter,
  AudioWriterListener,
  ClaimedSession,
  CommitRequest,
  CommitResult,
  DurableMessage,
  Following,
  GatewaySide,
  OpenedSession,
  Presence,
  ReapedShard,
  ReaperSide,
  ResumedSession,
  SessionSnapshot,
  TextListener,
  TranscriberSide,
} from './faces.ts';

// A connection for BullMQ by the same kinds of address, and the shape of those for configurations
export { createQueueConnection } from './connection/queue-connection.ts';
export { REDIS_URL_HINT, REDIS_URL_PATTERN } from './connection/redis-address.ts';

// The keys, for the generated docs/redis-keys.md
export { REDIS_KEYS, type RedisKeyDescription } from './keys.ts';
