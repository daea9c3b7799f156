import { SttError } from '../errors/stt-error.ts';
import { nearestName } from '../session/nearest-name.ts';
import { clientMessageSchema, type ClientMessage } from './client-messages.ts';

/** Longest text frame that is not audio. Units: UTF-16 code units, equal to bytes in the ASCII that our messages are made of. */
export const MAX_CONTROL_TEXT_LENGTH = 16 * 1024;

/** Longest `audio` text frame: 64 KiB of audio, the largest binary frame, is 87 KiB in base64. Same units. */
export const MAX_AUDIO_TEXT_LENGTH = 128 * 1024;

const SCHEMAS = new Map(clientMessageSchema.options.map((schema) => [schema.shape.type.value, schema]));
const TYPES = [...SCHEMAS.keys()];
const KNOWN_TYPES = TYPES.join(', ');

/**
 * Reads one text frame of a client. No known message nests, so nothing below the first level is ever looked at: a depth
 * bomb costs only its parse, which is bounded by the size limit.
 * @throws SttError `bad_request` naming the field as a JSON pointer, what was wrong, what is allowed, the nearest known name;
 * `message_too_big` past the limits.
 */
export function parseClientMessage(text: string): ClientMessage {
  if (text.length > MAX_AUDIO_TEXT_LENGTH) throw tooBig(text.length, MAX_AUDIO_TEXT_LENGTH);
  const message = parseObject(text);
  const schema = SCHEMAS.get(typeOf(message));
  if (schema === undefined) throw unknownType(message['type'] as string);
  const type = schema.shape.type.value;
  if (type !== 'audio' && text.length > MAX_CONTROL_TEXT_LENGTH) throw tooBig(text.length, MAX_CONTROL_TEXT_LENGTH);
  const known = Object.keys(schema.shape);
  for (const name of Object.keys(message)) {
    if (!known.includes(name)) throw unknownField(name, type, known);
  }
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw wrongField(message, String(parsed.error.issues[0]?.path[0] ?? 'type'));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SttError(
      'bad_request',
      `The text frame is not JSON: send an object such as {"type":"end"}, or audio as a binary frame.`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SttError('bad_request', `The text frame is ${kindOf(value)}: send an object such as {"type":"end"}.`);
}

function typeOf(message: Readonly<Record<string, unknown>>): ClientMessage['type'] {
  const { type } = message;
  // Not yet known to be one of ours: the look-up that follows decides.
  if (typeof type === 'string') return type as ClientMessage['type'];
  const given = type === undefined ? 'is missing' : `is ${kindOf(type)}`;
  throw new SttError('bad_request', `Field /type ${given}: give one of ${KNOWN_TYPES}.`, { field: 'type' });
}

function unknownType(type: string): SttError {
  const sentence = `Message type ${quoted(type)} is unknown: ${hint(type, TYPES)}Known: ${KNOWN_TYPES}`;
  return new SttError('bad_request', sentence, { field: 'type' });
}

function unknownField(name: string, type: string, known: readonly string[]): SttError {
  const pointers = known.map(pointer).join(', ');
  const sentence = `Field ${quoted(pointer(name))} is unknown in a message of type ${type}: ${hint(name, known)}Known: ${pointers}`;
  return new SttError('bad_request', sentence, { field: name.slice(0, 64) });
}

/** The only field beside `type` is `data`. */
function wrongField(message: Readonly<Record<string, unknown>>, name: string): SttError {
  const value = message[name];
  const kind = typeof value === 'string' ? 'not base64' : kindOf(value);
  const given = value === undefined ? 'is missing' : `is ${kind}`;
  return new SttError('bad_request', `Field ${pointer(name)} ${given}: give the audio as base64 text, with padding.`, {
    field: name,
  });
}

function tooBig(length: number, limit: number): SttError {
  return new SttError(
    'message_too_big',
    `The text frame has ${length} characters, more than ${limit}: send audio as binary frames, in smaller pieces.`,
  );
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `did you mean ${nearest}? `;
}

/** RFC 6901. */
function pointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
