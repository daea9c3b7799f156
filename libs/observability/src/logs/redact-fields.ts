import { redactText, redactUrl } from './redact-url.ts';
import { sensitivityOf } from './sensitive-names.ts';

const REDACTED = '[redacted]';

/** A log line is for reading: deeper, longer or wider values are cut, so that one line can never carry a payload. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 50;
const MAX_TEXT_LENGTH = 2000;
const MAX_CALL_SITES = 10;

/**
 * Copies the fields of a log line without anything that must not be in a log: credentials and content by name at any depth,
 * bytes and samples by type, tokens inside strings, and the piece of input that V8 quotes in JSON errors.
 */
export function redactFields(fields: object): Record<string, unknown> {
  return redactEntries(fields, 0);
}

/** The message of an error with quoted input removed: `Unexpected token 'h', "hello all"... is not valid JSON` quotes speech. */
export function redactMessage(message: string): string {
  const text = message.slice(0, MAX_TEXT_LENGTH);
  return redactText(text.includes('is not valid JSON') ? text.replace(/"[\s\S]*"/, REDACTED) : text);
}

function redactEntries(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([name, inner]) => [name, redactNamed(name, inner, depth)]));
}

function redactNamed(name: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null) return value;
  const sensitivity = sensitivityOf(name);
  if (sensitivity === 'credential') return REDACTED;
  if (sensitivity === 'content' && typeof value !== 'number' && typeof value !== 'boolean') return REDACTED;
  if (name === 'url' && typeof value === 'string') return redactMessage(redactUrl(value));
  return redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactMessage(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth + 1);
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => redactValue(item, depth + 1));
  return redactEntries(value, depth + 1);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { cause, ...own } = error as Error & { cause?: unknown };
  return {
    ...redactEntries(own, depth),
    type: error.name,
    message: redactMessage(error.message),
    stack: callSites(error),
    ...(cause === undefined ? {} : { cause: redactValue(cause, depth) }),
  };
}

/** Only the call sites: the stack's first lines repeat the message, unredacted. */
function callSites(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_CALL_SITES)
    .join('\n');
}
