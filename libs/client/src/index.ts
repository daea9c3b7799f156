// Stream audio and lose nothing: one session over as many connections as it takes
export { openTranscriptionStream } from './open-transcription-stream.ts';
export type { OpenTranscriptionStream } from './create-opener.ts';
export type { StreamCallbacks, TranscriptionStream, TranscriptionStreamOptions } from './transcription-stream.ts';
export type { ConnectionState, StreamOutcome } from './resuming/stream-outcome.ts';

// Send a recording at the pace of speech
export { streamAudio, type PacingClock, type StreamAudioOptions } from './stream-audio.ts';

// One session over one connection, for whoever handles its end
export { openStreamingSession } from './open-streaming-session.ts';
export type { StreamingSession, StreamingSessionOptions } from './streaming-session.ts';
