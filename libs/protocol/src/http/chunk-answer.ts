import { z } from 'zod';
import { transcriptionSchema } from '../messages/server-messages.ts';
import { sessionViewSchema } from './session-view.ts';

const { confidence, language, provider, timestamp } = transcriptionSchema.shape;

/** The body of a successful `POST /stt/stream-chunk`. */
export const chunkAnswerSchema = z.object({
  session_id: z.string().describe('To be sent with every later chunk.'),
  chunk_index: z.int().min(0).describe('Of the chunk that is answered.'),
  text: z
    .string()
    .describe(
      'What became known since the last answer: finals, each in one answer only, or, while there are none, the newest interim, which may ' +
        'still change. Empty when nothing was said.',
    ),
  is_final: z
    .boolean()
    .describe(
      'True when `text` is final. For the final chunk: true when the whole transcript is there; false when the time was up before, then ' +
        'GET /stt/sessions/{session_id} has the rest a moment later.',
    ),
  confidence: confidence.describe(
    '0 to 1, mean over the segments by their duration; null where the recogniser gives none.',
  ),
  language,
  provider,
  timestamp,
  segments: sessionViewSchema.shape.segments.describe('The finals that `text` is made of; empty for an interim.'),
  transcript: z.string().describe('The text of all finals so far.'),
});

export type ChunkAnswer = z.infer<typeof chunkAnswerSchema>;
