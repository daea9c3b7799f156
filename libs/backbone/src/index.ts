// The two faces: each app holds only its own
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
  ResumedSession,
  SessionSnapshot,
  TextListener,
  TranscriberSide,
} from './faces.ts';
export type { BackboneEvent, BackboneOptions } from './backbone-options.ts';
