import { z } from 'zod';
import { parseFields, repeatedField, unknownField } from '../session/parse-fields.ts';

export const TRANSCRIPT_FORMATS = ['json', 'text', 'srt', 'vtt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** The query of `GET /stt/sessions/:id/transcript`. */
export const transcriptQuerySchema = z.object({
  format: z
    .enum(TRANSCRIPT_FORMATS)
    .default('json')
    .describe(
      '`json`: state, text and segments · `text`: the text alone · `srt`, `vtt`: subtitles, 8 words to a line.',
    ),
});

export type TranscriptQuery = z.infer<typeof transcriptQuerySchema>;

const NAMES = Object.keys(transcriptQuerySchema.shape);

/**
 * Reads the query of `GET /stt/sessions/:id/transcript`.
 * @throws SttError `bad_request` naming the parameter and what is allowed
 */
export function parseTranscriptQuery(query: URLSearchParams): TranscriptQuery {
  for (const name of query.keys()) {
    if (!NAMES.includes(name)) throw unknownField(name, NAMES, 'Parameter');
    if (query.getAll(name).length > 1) throw repeatedField(name, 'Parameter');
  }
  return parseFields(transcriptQuerySchema, Object.fromEntries(query), 'Parameter');
}
