import { z } from 'zod';
import { ENCODINGS, PROVIDERS } from '../session/session-config.ts';
import { ERROR_TABLE, type ErrorCode } from '../errors/error-table.ts';

const seq = z.int().min(0);
const milliseconds = z.int().min(0);
const confidence = z.number().min(0).max(1).nullable().describe('0 to 1, or null where the recogniser gives none.');
const code = z.enum(Object.keys(ERROR_TABLE) as [ErrorCode, ...ErrorCode[]]);

export const wordSchema = z.object({
  word: z.string(),
  start_ms: milliseconds,
  end_ms: milliseconds,
  confidence,
});

export const sessionStartedSchema = z
  .object({
    type: z.literal('session_started'),
    session_id: z.string(),
    language: z.string(),
    provider: z.enum(PROVIDERS),
    sample_rate: z.int(),
    chunk_size: z.int(),
    encoding: z.enum(ENCODINGS),
    channels: z.int(),
    resume_token: z.string(),
    resume_window_s: z.int(),
    epoch: z.string(),
  })
  .describe('First message of a new session: what it was opened with, and what is needed to resume it.');

export const transcriptionSchema = z
  .object({
    type: z.literal('transcription'),
    text: z.string(),
    is_final: z.boolean(),
    confidence,
    language: z.string(),
    timestamp: z.string().describe('ISO-8601, UTC, without zone letter, microseconds.'),
    session_id: z.string(),
    seq,
    segment_id: z.int().min(0),
    revision: z.int().min(0),
    start_ms: milliseconds,
    end_ms: milliseconds,
    channel: z.int().min(0),
    provider: z.enum(PROVIDERS),
    speech_final: z
      .boolean()
      .describe('True on the final that ends an utterance, false on one made by a forced split.'),
    stable_chars: z.int().min(0),
    words: z.array(wordSchema).optional(),
  })
  .describe(
    'Text: an interim (`is_final` false), which may change and may be lost, or a final, which is stored and never changes.',
  );

export const errorMessageSchema = z
  .object({
    type: z.literal('error'),
    error: z.string(),
    timestamp: z.number().describe('Seconds since 1970.'),
    code,
    retryable: z.boolean(),
    retry_after_ms: z.int().min(0).nullable(),
    request_id: z.string(),
    session_id: z.string().optional(),
  })
  .describe('Comes before every close by the server that is not a success; `code` is a row of the error table.');

export const speechStartedSchema = z
  .object({ type: z.literal('speech_started'), at_ms: milliseconds, channel: z.int().min(0) })
  .describe('Somebody began to speak; `at_ms` is a position in the audio.');

export const speechEndedSchema = z
  .object({ type: z.literal('speech_ended'), at_ms: milliseconds, channel: z.int().min(0) })
  .describe('The utterance ended; `at_ms` is a position in the audio.');

export const ackSchema = z
  .object({
    type: z.literal('ack'),
    audio_bytes: z.int().min(0).describe("Bytes of this session's audio held safely."),
  })
  .describe('Every second and on change of state: the audio up to `audio_bytes` is held safely.');

export const sessionStatusSchema = z
  .object({
    type: z.literal('session_status'),
    state: z.enum(['recovering', 'degraded', 'ok']),
    lag_ms: milliseconds,
    provider: z.enum(PROVIDERS),
    reason: z.string(),
  })
  .describe('How well the session is served right now.');

export const sessionResumedSchema = z
  .object({
    type: z.literal('session_resumed'),
    recovered: z.boolean(),
    session_id: z.string(),
    epoch: z.string(),
    audio_bytes: z.int().min(0).describe('Send the audio from this byte on.'),
    from_seq: seq.describe('Stored messages after this `seq` follow.'),
    resume_token: z.string(),
    resume_window_s: z.int(),
  })
  .describe('First message after a resume: where the audio goes on, and the next single-use token.');

export const goAwaySchema = z
  .object({ type: z.literal('go_away'), time_left_ms: milliseconds })
  .describe('This replica is shutting down: reconnect and resume within `time_left_ms`.');

/** `idle`: the client did not come back in time · `deleted`: by `DELETE`, the text is forgotten and so empty · `quarantined`: one transcriber after the other failed at its audio. */
export const END_REASONS = ['client_end', 'idle', 'limit', 'deleted', 'quarantined'] as const;

export const sessionEndedSchema = z
  .object({
    type: z.literal('session_ended'),
    session_id: z.string(),
    text: z.string(),
    confidence,
    language: z.string(),
    audio_ms: milliseconds,
    segments: z.int().min(0),
    reason: z.enum(END_REASONS),
    seq,
  })
  .describe('Last message of a session, then close 1000: the whole transcript.');

export const serverMessageSchema = z.discriminatedUnion('type', [
  sessionStartedSchema,
  transcriptionSchema,
  errorMessageSchema,
  speechStartedSchema,
  speechEndedSchema,
  ackSchema,
  sessionStatusSchema,
  sessionResumedSchema,
  goAwaySchema,
  sessionEndedSchema,
]);

export type ServerMessage = z.infer<typeof serverMessageSchema>;
export type SessionStarted = z.infer<typeof sessionStartedSchema>;
export type Transcription = z.infer<typeof transcriptionSchema>;
export type TranscriptionWord = z.infer<typeof wordSchema>;
export type ErrorMessage = z.infer<typeof errorMessageSchema>;
export type SessionStatus = z.infer<typeof sessionStatusSchema>;
export type SessionResumed = z.infer<typeof sessionResumedSchema>;
export type SessionEnded = z.infer<typeof sessionEndedSchema>;
export type EndReason = (typeof END_REASONS)[number];
