import { z } from 'zod';
import { SttError } from '../errors/stt-error.ts';
import { isSessionId, type Seq, type SessionId } from '../ids/ids.ts';
import { nearestName } from './nearest-name.ts';
import { sessionConfigSchema, type SessionConfig } from './session-config.ts';
import { allowedValues, readText } from './text-values.ts';

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
    const parsed = parseFields(resumeQuerySchema, pick(values, RESUME_FIELDS));
    return {
      kind: 'resume',
      resume: {
        sessionId: parsed.session_id,
        resumeToken: parsed.resume_token,
        lastSeq: parsed.last_seq as Seq,
      },
    };
  }
  return { kind: 'open', config: parseFields(sessionConfigSchema, values) };
}

function singleValues(query: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of query) {
    if (!FIELD_NAMES.includes(name)) throw unknownParameter(name);
    if (name in values)
      throw new SttError('bad_request', `Parameter ${name} is given more than once; give it once.`, { field: name });
    values[name] = value;
  }
  return values;
}

function unknownParameter(name: string): SttError {
  const shown = JSON.stringify(name.slice(0, 64));
  const nearest = nearestName(name, FIELD_NAMES);
  const hint = nearest === undefined ? `known are ${FIELD_NAMES.join(', ')}` : `did you mean ${nearest}?`;
  return new SttError('bad_request', `Unknown parameter ${shown}: ${hint}`, { field: name.slice(0, 64) });
}

function pick(values: Record<string, string>, fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in fields));
}

function parseFields<Schema extends z.ZodObject>(schema: Schema, values: Record<string, string>): z.infer<Schema> {
  const typed = Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, readText(schema.shape[name], text)]),
  );
  const result = schema.safeParse(typed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? 'query');
  const text = values[field];
  // A token is a credential: it is not repeated into an answer, and so not into anybody's log.
  const shown = field === 'resume_token' ? 'its value' : JSON.stringify(text?.slice(0, 64));
  const given = text === undefined ? 'it is missing' : `${shown} is not allowed`;
  throw new SttError('bad_request', `Parameter ${field}: ${given}; allowed: ${allowed(schema, field)}.`, { field });
}

function allowed(schema: z.ZodObject, field: string): string {
  const values = allowedValues(schema.shape[field]);
  if (values !== undefined) return values;
  if (field === 'language') return 'a BCP-47 language such as en, fr or en-US, or auto';
  return field === 'session_id' ? 'a session id as session_started gave it' : 'the text that the server gave';
}
