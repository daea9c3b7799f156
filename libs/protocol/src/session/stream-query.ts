import { z } from 'zod';
import { isSessionId, type Seq, type SessionId } from '../ids/ids.ts';
import { parseFields, repeatedField, unknownField } from './parse-fields.ts';
import { sessionConfigSchema, type SessionConfig } from './session-config.ts';

/** The fields that ask to resume a session instead of opening one. */
export const resumeQuerySchema = z.object({
  session_id: z.string().refine(isSessionId, 'a session id as session_started gave it').describe('Session to resume.'),
  resume_token: z
    .string()
    .min(1)
    .max(256)
    .describe('Single-use token of the last `session_started` or `session_resumed`.'),
  last_seq: z.int().min(0).default(0).describe('`seq` of the last durable message the client has; 0 for none.'),
});

export interface ResumeRequest {
  readonly sessionId: SessionId;
  readonly resumeToken: string;
  readonly lastSeq: Seq;
}

export type StreamQuery =
  | { readonly kind: 'open'; readonly config: SessionConfig }
  | { readonly kind: 'resume'; readonly resume: ResumeRequest };

const OPEN_FIELDS = sessionConfigSchema.shape;
const RESUME_FIELDS = resumeQuerySchema.shape;
const FIELD_NAMES = [...Object.keys(OPEN_FIELDS), ...Object.keys(RESUME_FIELDS)];

/**
 * Reads the query of `GET /stt/stream`.
 * @throws SttError `bad_request` naming the parameter, what was wrong, what is allowed; for an unknown one the nearest known.
 */
export function parseStreamQuery(query: URLSearchParams): StreamQuery {
  const values = singleValues(query);
  const isResume = Object.keys(RESUME_FIELDS).some((name) => name in values);
  if (isResume) {
    const parsed = parseFields(resumeQuerySchema, pick(values, RESUME_FIELDS), 'Parameter');
    return {
      kind: 'resume',
      resume: {
        sessionId: parsed.session_id,
        resumeToken: parsed.resume_token,
        lastSeq: parsed.last_seq as Seq,
      },
    };
  }
  return { kind: 'open', config: parseFields(sessionConfigSchema, values, 'Parameter') };
}

function singleValues(query: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of query) {
    if (!FIELD_NAMES.includes(name)) throw unknownField(name, FIELD_NAMES, 'Parameter');
    if (name in values) throw repeatedField(name, 'Parameter');
    values[name] = value;
  }
  return values;
}

function pick(values: Record<string, string>, fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in fields));
}
