// Stream audio to a gateway
export { openStreamingSession } from './open-streaming-session.ts';
export type { StreamingSession, StreamingSessionOptions } from './streaming-session.ts';

// Send a recording at the pace of speech
export { streamAudio, type PacingClock, type StreamAudioOptions } from './stream-audio.ts';
