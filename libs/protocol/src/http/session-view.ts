import { z } from 'zod';
import { END_REASONS, transcriptionSchema } from '../messages/server-messages.ts';
import { SESSION_STATES } from '../records/backbone-records.ts';

/** A stored final as a reader of the transcript sees it; the fields are those of `transcription`. */
const segmentSchema = transcriptionSchema.pick({
  seq: true,
  segment_id: true,
  channel: true,
  start_ms: true,
  end_ms: true,
  text: true,
  confidence: true,
  language: true,
  provider: true,
  words: true,
});

/** The body of `GET /stt/sessions/:id`: what is stored of a session, for whoever cannot resume it or never held it. */
export const sessionViewSchema = z.object({
  session_id: z.string(),
  state: z
    .enum(SESSION_STATES)
    .describe(
      '`live`: a client is connected · `detached`: it waits for a resume · `expiring`: nobody came back in time, the last ' +
        'finals are being made · `ended`: the transcript is complete.',
    ),
  language: z.string().describe('As the session was opened with.'),
  provider: transcriptionSchema.shape.provider,
  epoch: z.string(),
  last_seq: z.int().min(0).describe('`seq` of the newest durable message; 0 while there is none.'),
  transcript: z.string().describe('The text of all finals so far: it only grows.'),
  segments: z.array(segmentSchema).describe('The finals that say something, in order.'),
  reason: z.enum(END_REASONS).optional().describe('Why it ended; only when `state` is `ended`.'),
});

export type SessionView = z.infer<typeof sessionViewSchema>;
export type SessionSegment = z.infer<typeof segmentSchema>;
