import { describe, expect, it } from '@jest/globals';
import { SERVER_MESSAGE_EXAMPLES } from '../documents/message-examples.ts';
import { serverMessageSchema } from './server-messages.ts';

/** As the protocol's description shows them, its dots filled in. The first three are the shapes of the replaced service. */
const GOLDEN = [
  `{"type":"session_started","session_id":"s07-1","language":"en","provider":"google","sample_rate":16000,
    "chunk_size":1024,"encoding":"pcm_s16le","channels":1,"resume_token":"r","resume_window_s":300,"epoch":"e"}`,
  `{"type":"transcription","text":"transcribed text","is_final":false,"confidence":0.85,"language":"en",
    "timestamp":"2025-09-19T18:14:07.128490","session_id":"s07-1","seq":12,"segment_id":3,"revision":2,
    "start_ms":4100,"end_ms":5840,"channel":0,"provider":"google","speech_final":false,"stable_chars":11,
    "words":[{"word":"transcribed","start_ms":4100,"end_ms":4700,"confidence":0.9}]}`,
  `{"type":"error","error":"one sentence that says what to do","timestamp":1758305652.38463,
    "code":"audio_undecodable","retryable":false,"retry_after_ms":null,"request_id":"q","session_id":"s07-1"}`,
  `{"type":"speech_started","at_ms":4050,"channel":0}`,
  `{"type":"speech_ended","at_ms":5840,"channel":0}`,
  `{"type":"ack","audio_bytes":96000}`,
  `{"type":"session_status","state":"recovering","lag_ms":740,"provider":"whisper","reason":"why"}`,
  `{"type":"session_resumed","recovered":true,"session_id":"s07-1","epoch":"e","audio_bytes":96000,"from_seq":9,
    "resume_token":"r2","resume_window_s":300}`,
  `{"type":"go_away","time_left_ms":8000}`,
  `{"type":"session_ended","session_id":"s07-1","text":"the whole transcript","confidence":0.91,"language":"en",
    "audio_ms":61200,"segments":14,"reason":"client_end","seq":31}`,
].map((text) => JSON.parse(text) as { readonly type: string });

const transcription = GOLDEN[1];

describe('server messages', () => {
  it.each(GOLDEN.map((message) => [message.type, message]))(
    'read %s as the protocol shows it, unchanged',
    (_type, message) => {
      expect(serverMessageSchema.parse(message)).toEqual(message);
    },
  );

  it('have a golden message for every type', () => {
    expect(GOLDEN.map(({ type }) => type)).toEqual(
      serverMessageSchema.options.map((schema) => schema.shape.type.value),
    );
  });

  it('keep the fields, names and types of the service they replace', () => {
    expect(SERVER_MESSAGE_EXAMPLES.transcription).toMatchObject({
      text: expect.any(String),
      is_final: expect.any(Boolean),
      confidence: expect.any(Number),
      language: expect.any(String),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
      session_id: expect.any(String),
    });
    expect(SERVER_MESSAGE_EXAMPLES.error).toMatchObject({ error: expect.any(String), timestamp: expect.any(Number) });
  });

  it('allow a confidence of null, where the recogniser gives none, and nothing outside 0 to 1', () => {
    expect(serverMessageSchema.safeParse({ ...transcription, confidence: null }).success).toBe(true);
    expect(serverMessageSchema.safeParse({ ...transcription, confidence: 1.01 }).success).toBe(false);
    expect(serverMessageSchema.safeParse({ ...transcription, confidence: undefined }).success).toBe(false);
  });

  it.each([
    { seq: 1.5 },
    { seq: -1 },
    { start_ms: -1 },
    { provider: 'siri' },
    { words: 'none' },
    { is_final: 'false' },
  ])('refuse a transcription with %j', (wrong) => {
    expect(serverMessageSchema.safeParse({ ...transcription, ...wrong }).success).toBe(false);
  });
});
