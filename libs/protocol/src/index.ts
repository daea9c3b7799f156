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
  openSessionConfigSchema,
  sessionConfigSchema,
  type Encoding,
  type OpenSessionConfig,
  type ProviderName,
  type SessionConfig,
} from './session/session-config.ts';
export { parseStreamQuery, resumeQuerySchema, type ResumeRequest, type StreamQuery } from './session/stream-query.ts';
export { nearestName } from './session/nearest-name.ts';
export { allowedValues, readText } from './session/text-values.ts';

// Messages on the client wire
export { clientMessageSchema, type ClientMessage } from './messages/client-messages.ts';
export { MAX_AUDIO_TEXT_LENGTH, MAX_CONTROL_TEXT_LENGTH, parseClientMessage } from './messages/parse-client-message.ts';
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
export {
  httpErrorBodySchema,
  toErrorMessage,
  toHttpErrorBody,
  type ErrorContext,
  type HttpErrorBody,
} from './messages/error-bodies.ts';
export { toIsoTimestamp } from './messages/timestamps.ts';

// Bodies over HTTP
export {
  healthSchema,
  statsSchema,
  workerSchema,
  type Health,
  type StreamingStats,
  type StreamingWorker,
} from './http/health-and-stats.ts';
export { chunkAnswerSchema, type ChunkAnswer } from './http/chunk-answer.ts';
export { AUDIO_PART, chunkFormSchema, parseChunkForm, type ChunkForm } from './http/chunk-form.ts';
export { probeSchema, type Probe } from './http/probe.ts';
export {
  TRANSCRIPT_FORMATS,
  parseTranscriptQuery,
  transcriptQuerySchema,
  type TranscriptFormat,
  type TranscriptQuery,
} from './http/transcript-query.ts';
export { sessionViewSchema, type SessionSegment, type SessionView } from './http/session-view.ts';

// A transcript as text and as subtitles
export { toPlainText, toSrt, toWebVtt } from './transcript/subtitles.ts';
export { toCues, type Cue, type SubtitleOptions } from './transcript/cues.ts';

// Records in Redis
export {
  SESSION_STATES,
  nodeRecordSchema,
  AUDIO_CONTROLS,
  BREAKER_STATES,
  type AudioControl,
  type BreakerState,
  type NodeProvider,
  type NodeRecord,
  type SessionState,
} from './records/backbone-records.ts';
export {
  LATENCY_BOUNDS_MS,
  PROVIDER_COUNTERS,
  countAnswered,
  latencyQuantileMs,
  readAskedProviders,
  readFailovers,
  readFailures,
  readHedges,
  type CountedFailover,
  type CountedHedge,
} from './records/provider-counters.ts';

// Documents of the wire, generated from the schemas above
export { buildOpenApiDocument } from './documents/openapi-document.ts';
export { buildAsyncApiDocument } from './documents/asyncapi-document.ts';
export { PROTOCOL_VERSION } from './documents/document-info.ts';
export type { JsonObject, JsonValue } from './documents/json-schema.ts';
