import { z } from 'zod';

/** Digits with an optional sign and fraction, short enough to be exact: no `0x10`, no `1e9`, no blanks. */
const DECIMAL = /^-?\d{1,15}(\.\d{1,15})?$/;

/**
 * Reads a value that arrived as text (query parameter, environment variable) for the schema that will judge it. Strict:
 * decimal digits become a number, `true` and `false` a boolean, a comma-separated list an array; anything else stays text,
 * for the schema to refuse.
 */
export function readText(schema: unknown, text: string): unknown {
  const inner = innermostSchema(schema);
  if (inner instanceof z.ZodNumber) return DECIMAL.test(text) ? Number(text) + 0 : text;
  if (inner instanceof z.ZodBoolean) return text === 'true' || text === 'false' ? text === 'true' : text;
  if (inner instanceof z.ZodArray) return text.split(',').map((item) => readText(inner.element, item.trim()));
  return text;
}

/** Says in words what a schema allows: `a whole number from 1 to 2`, `true, false`; `undefined` for free text. */
export function allowedValues(schema: unknown): string | undefined {
  const inner = innermostSchema(schema);
  if (inner instanceof z.ZodEnum) return inner.options.join(', ');
  if (inner instanceof z.ZodLiteral) return [...inner.values].map(String).join(', ');
  if (inner instanceof z.ZodBoolean) return 'true, false';
  if (inner instanceof z.ZodNumber) return `a ${inner.isInt ? 'whole ' : ''}number${range(inner)}`;
  if (!(inner instanceof z.ZodArray)) return undefined;
  const element = allowedValues(inner.element);
  return element === undefined ? 'a comma-separated list' : `a comma-separated list of: ${element}`;
}

/** Removes what wraps a schema without changing what the client writes: defaults, optionality, transforms. */
function innermostSchema(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return innermostSchema(schema.in);
  const isWrapper =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly;
  return isWrapper ? innermostSchema(schema.unwrap()) : schema;
}

function range(schema: z.ZodNumber): string {
  const { minValue, maxValue } = schema;
  const hasMin = minValue !== null && minValue > Number.MIN_SAFE_INTEGER;
  const hasMax = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  return `${hasMin ? ` from ${minValue}` : ''}${hasMax ? ` ${hasMin ? 'to' : 'up to'} ${maxValue}` : ''}`;
}
