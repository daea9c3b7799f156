import type { ClientMessage } from '../messages/client-messages.ts';
import type { ServerMessage } from '../messages/server-messages.ts';

/** The session of every example. */
export const SESSION_ID_EXAMPLE = 's07-9f86d081884c7d659a2feaa0c55ad015';

/** One example of every message a client may send; in the generated documents, and parsed by a spec. */
export const CLIENT_MESSAGE_EXAMPLES: { readonly [Type in ClientMessage['type']]: ClientMessage & { type: Type } } = {
  audio: { type: 'audio', data: 'AAABAAIAAwA=' },
  finalize: { type: 'finalize' },
  end: { type: 'end' },
  keepalive: { type: 'keepalive' },
};

/** One example of every message the server sends. */
export const SERVER_MESSAGE_EXAMPLES: { readonly [Type in ServerMessage['type']]: ServerMessage & { type: Type } } = {
  session_started: {
    type: 'session_started',
    session_id: SESSION_ID_EXAMPLE,
    language: 'en',
    provider: 'local',
    sample_rate: 16000,
    chunk_size: 1024,
    encoding: 'pcm_s16le',
    channels: 1,
    resume_token: 'rt-5f2b1c',
    resume_window_s: 300,
    epoch: 'e-4be1',
  },
  transcription: {
    type: 'transcription',
    text: 'transcribed text',
    is_final: false,
    confidence: 0.85,
    language: 'en',
    timestamp: '2025-09-19T18:14:07.128490',
    session_id: SESSION_ID_EXAMPLE,
    seq: 12,
    segment_id: 3,
    revision: 2,
    start_ms: 4100,
    end_ms: 5840,
    channel: 0,
    provider: 'google',
    speech_final: false,
    stable_chars: 11,
    words: [{ word: 'transcribed', start_ms: 4100, end_ms: 4700, confidence: 0.9 }],
  },
  error: {
    type: 'error',
    error:
      'The audio is not what encoding=pcm_s16le says: a frame of 641 bytes ends inside a sample; send whole samples.',
    timestamp: 1758305652.38463,
    code: 'audio_undecodable',
    retryable: false,
    retry_after_ms: null,
    request_id: 'req-7c9e6679',
    session_id: SESSION_ID_EXAMPLE,
  },
  speech_started: { type: 'speech_started', at_ms: 4050, channel: 0 },
  speech_ended: { type: 'speech_ended', at_ms: 5840, channel: 0 },
  ack: { type: 'ack', audio_bytes: 96000 },
  session_status: {
    type: 'session_status',
    state: 'recovering',
    lag_ms: 740,
    provider: 'local',
    reason: 'another transcriber takes the session over',
  },
  session_resumed: {
    type: 'session_resumed',
    recovered: true,
    session_id: SESSION_ID_EXAMPLE,
    epoch: 'e-4be1',
    audio_bytes: 96000,
    from_seq: 9,
    resume_token: 'rt-a81f07',
    resume_window_s: 300,
  },
  go_away: { type: 'go_away', time_left_ms: 8000 },
  session_ended: {
    type: 'session_ended',
    session_id: SESSION_ID_EXAMPLE,
    text: 'the whole transcript',
    confidence: 0.91,
    language: 'en',
    audio_ms: 61200,
    segments: 14,
    reason: 'client_end',
    seq: 31,
  },
};
