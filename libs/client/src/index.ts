// Stream audio to a gateway
export type { StreamingSession, StreamingSessionOptions } from './streaming-session.ts';
