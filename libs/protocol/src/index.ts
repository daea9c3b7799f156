// Errors
export {
  ERROR_TABLE,
  isErrorCode,
  type ClientAction,
  type ErrorCode,
  type ErrorTableEntry,
} from './errors/error-table.ts';
export { SttError, type SttErrorDetails } from './errors/stt-error.ts';

// Ids
export { createSessionId, formatShard, isSessionId, shardOf, type Fence, type Seq, type SessionId } from './ids/ids.ts';

// Opening and resuming a session
export {
  ENCODINGS,
  PROVIDERS,
  sessionConfigSchema,
  type Encoding,
  type OpenSessionConfig,
  type ProviderName,
  type SessionConfig,
} from './session/session-config.ts';
export { parseStreamQuery, resumeQuerySchema, type ResumeRequest, type StreamQuery } from './session/stream-query.ts';
export { nearestName } from './session/nearest-name.ts';

// Messages on the client wire
export { clientMessageSchema, type ClientMessage } from './messages/client-messages.ts';
export {
  END_REASONS,
  serverMessageSchema,
  type EndReason,
  type ErrorMessage,
  type ServerMessage,
  type SessionEnded,
  type SessionResumed,
  type SessionStarted,
  type SessionStatus,
  type Transcription,
  type TranscriptionWord,
} from './messages/server-messages.ts';
export { toErrorMessage, toHttpErrorBody, type ErrorContext, type HttpErrorBody } from './messages/error-bodies.ts';
export { toIsoTimestamp } from './messages/timestamps.ts';

// Records in Redis
export {
  SESSION_STATES,
  nodeRecordSchema,
  type AudioControl,
  type NodeProvider,
  type NodeRecord,
  type SessionState,
} from './records/backbone-records.ts';
