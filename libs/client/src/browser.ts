// Stream audio and lose nothing: one session over as many connections as it takes
export { openTranscriptionStream } from './open-in-browser.ts';
export type { OpenTranscriptionStream } from './create-opener.ts';
export type { StreamCallbacks, TranscriptionStream, TranscriptionStreamOptions } from './transcription-stream.ts';
export type { ConnectionState, StreamOutcome } from './resuming/stream-outcome.ts';

// Send a recording at the pace of speech
export { streamAudio, type PacingClock, type StreamAudioOptions } from './stream-audio.ts';

// What a stream fails with
export { SttError, type ErrorCode } from '@verbatim/protocol';
