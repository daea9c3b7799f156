import { globalRegistry, type z } from 'zod';

const MASK = '***';

/** Whether a field's value must never be shown: its schema carries `.meta({ secret: true })` at any depth of wrapping. */
export function isSecret(schema: z.core.$ZodType): boolean {
  if (globalRegistry.get(schema)?.['secret'] === true) return true;
  const { innerType, in: input } = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = innerType ?? input;
  return inner !== undefined && isSecret(inner);
}

/** What may be shown of a value: `***` for a secret, an address without its password, anything else as it is. */
export function maskValue(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (isSecret(schema)) return MASK;
  return typeof value === 'string' ? maskPassword(value) : value;
}

/** `redis://user:secret@host` becomes `redis://user:***@host`. */
export function maskPassword(text: string): string {
  return text.replace(/(:\/\/[^\s:/@]*:)[^\s/]*@/g, `$1${MASK}@`);
}

/** The fields of a schema, typed: zod's own `shape` of an unknown schema is `any`. */
export function fieldsOf(schema: z.ZodObject): [string, z.core.$ZodType][] {
  return Object.entries<z.core.$ZodType>(schema.shape);
}
