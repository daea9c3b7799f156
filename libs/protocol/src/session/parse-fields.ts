import type { z } from 'zod';
import { SttError } from '../errors/stt-error.ts';
import { nearestName } from './nearest-name.ts';
import { allowedValues, readText } from './text-values.ts';

/** What a request calls its values: a query has parameters, a form has fields. */
export type FieldNoun = 'Parameter' | 'Field';

/** Longest part of a client's own text that is shown to it again. */
const MAX_SHOWN_LENGTH = 64;

/**
 * Reads values that arrived as text for the schema that judges them.
 * @throws SttError `bad_request` naming the first that is wrong, what was given and what is allowed
 */
export function parseFields<Schema extends z.ZodObject>(
  schema: Schema,
  values: Readonly<Record<string, string>>,
  noun: FieldNoun,
): z.infer<Schema> {
  const typed = Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, readText(schema.shape[name], text)]),
  );
  const result = schema.safeParse(typed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? noun.toLowerCase());
  const text = values[field];
  // A token is a credential: it is not repeated into an answer, and so not into anybody's log.
  const shown = field === 'resume_token' ? 'its value' : JSON.stringify(text?.slice(0, MAX_SHOWN_LENGTH));
  const given = text === undefined ? 'it is missing' : `${shown} is not allowed`;
  throw new SttError('bad_request', `${noun} ${field}: ${given}; allowed: ${allowed(schema, field)}.`, { field });
}

/** The error for a name that nobody knows, with the nearest one that is known. */
export function unknownField(name: string, knownNames: readonly string[], noun: FieldNoun): SttError {
  const shown = name.slice(0, MAX_SHOWN_LENGTH);
  const nearest = nearestName(name, knownNames);
  const hint = nearest === undefined ? `known are ${knownNames.join(', ')}` : `did you mean ${nearest}?`;
  return new SttError('bad_request', `Unknown ${noun.toLowerCase()} ${JSON.stringify(shown)}: ${hint}`, {
    field: shown,
  });
}

/** The error for a value that was given twice: which one counts would be a guess. */
export function repeatedField(name: string, noun: FieldNoun): SttError {
  return new SttError('bad_request', `${noun} ${name} is given more than once; give it once.`, { field: name });
}

function allowed(schema: z.ZodObject, field: string): string {
  const values = allowedValues(schema.shape[field]);
  if (values !== undefined) return values;
  if (field === 'language') return 'a BCP-47 language such as en, fr or en-US, or auto';
  return field === 'session_id' ? 'a session id as session_started gave it' : 'the text that the server gave';
}
