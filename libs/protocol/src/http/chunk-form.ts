import { z } from 'zod';
import { SttError } from '../errors/stt-error.ts';
import { isSessionId, type SessionId } from '../ids/ids.ts';
import { parseFields, unknownField } from '../session/parse-fields.ts';
import { ENCODINGS, sessionConfigSchema, type Encoding, type SessionConfig } from '../session/session-config.ts';

/** Name of the part that holds the audio. */
export const AUDIO_PART = 'audio_chunk';

/** A chunk of 10 ms each for a hundred days: whoever counts further has mistaken something for an index. */
const MOST_CHUNKS = 1_000_000_000;

/** The fields of `POST /stt/stream-chunk` beside the audio: those of the stream's query, and the upload's own. */
export const chunkFormSchema = sessionConfigSchema.extend({
  encoding: z
    .enum(ENCODINGS)
    .optional()
    .describe(
      'Encoding of the audio; without it a file is recognised by its first bytes, and anything else is `pcm_s16le`.',
    ),
  session_id: z
    .string()
    .refine(isSessionId, 'a session id as the first answer gave it')
    .optional()
    .describe('From the first answer. Without it a session is opened.'),
  chunk_index: z
    .int()
    .min(0)
    .max(MOST_CHUNKS - 1)
    .optional()
    .describe(
      '0, 1, 2 …; without it the next one. A repeat of an index already taken is answered again and not transcribed twice.',
    ),
  is_final_chunk: z.boolean().default(false).describe('The session ends with this chunk.'),
  wait_ms: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe("How long to wait for this chunk's text. Default 1500, for the final chunk 10000."),
});

/** One upload, checked. */
export interface ChunkForm {
  /** Without it this is a session's first chunk. */
  readonly sessionId: SessionId | undefined;
  /** Without it the next one. */
  readonly index: number | undefined;
  readonly isFinal: boolean;
  readonly waitMs: number;
  /** What a session would be opened with; without an encoding the bytes decide. */
  readonly config: Omit<SessionConfig, 'encoding'> & { readonly encoding?: Encoding | undefined };
  /** Names of the options that the client has given: a later chunk may repeat them, not change them. */
  readonly givenOptions: readonly (keyof SessionConfig)[];
}

const DEFAULT_WAIT_MS = 1500;

/** The last utterance is decoded once more, and there is no later answer that could tell it. */
const DEFAULT_FINAL_WAIT_MS = 10_000;

const FIELD_NAMES = Object.keys(chunkFormSchema.shape);
const OPTION_NAMES = Object.keys(sessionConfigSchema.shape) as (keyof SessionConfig)[];

/**
 * Reads the text fields of an upload.
 * @throws SttError `bad_request` naming the field, what was wrong, what is allowed; for an unknown one the nearest known.
 */
export function parseChunkForm(values: Readonly<Record<string, string>>): ChunkForm {
  const unknown = Object.keys(values).find((name) => !FIELD_NAMES.includes(name));
  if (unknown !== undefined) throw unknownField(unknown, [...FIELD_NAMES, AUDIO_PART], 'Field');
  const parsed = parseFields(chunkFormSchema, values, 'Field');
  const { session_id, chunk_index, is_final_chunk, wait_ms, ...config } = parsed;
  if (session_id === undefined && (chunk_index ?? 0) !== 0) throw firstIsZero();
  return {
    sessionId: session_id,
    index: session_id === undefined ? 0 : chunk_index,
    isFinal: is_final_chunk,
    waitMs: wait_ms ?? (is_final_chunk ? DEFAULT_FINAL_WAIT_MS : DEFAULT_WAIT_MS),
    config,
    givenOptions: OPTION_NAMES.filter((name) => name in values),
  };
}

function firstIsZero(): SttError {
  return new SttError(
    'bad_request',
    'Field chunk_index: the first chunk of a session is 0; for a later one send the session_id of the first answer too.',
    { field: 'chunk_index' },
  );
}
