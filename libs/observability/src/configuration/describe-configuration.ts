import { allowedValues } from '@verbatim/protocol';
import { z } from 'zod';
import { fieldsOf, isSecret } from './schema-fields.ts';

/** One variable, as `docs/configuration.md` shows it. */
export interface VariableDescription {
  readonly name: string;
  readonly description: string;
  /** What may be written, in words. */
  readonly allowed: string;
  /** As it would be written in the environment; `undefined` when there is none. */
  readonly default?: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
}

/** Reads descriptions, defaults and allowed values out of a configuration schema, in the schema's own order. */
export function describeConfiguration(schema: z.ZodObject): VariableDescription[] {
  return fieldsOf(schema).map(([name, field]) => {
    const defaultText = defaultOf(field);
    return {
      name,
      description: descriptionOf(field),
      allowed: allowedValues(field) ?? 'text',
      ...(defaultText === undefined ? {} : { default: defaultText }),
      isRequired: !z.safeParse(field, undefined).success,
      isSecret: isSecret(field),
    };
  });
}

function defaultOf(field: z.core.$ZodType): string | undefined {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault) return asVariable(field.def.defaultValue);
  return unwrapped(field, defaultOf);
}

function descriptionOf(field: z.core.$ZodType): string {
  return (field as z.ZodType).description ?? unwrapped(field, descriptionOf) ?? '';
}

function unwrapped<Result>(field: z.core.$ZodType, read: (inner: z.core.$ZodType) => Result): Result | undefined {
  if (field instanceof z.ZodPipe) return read(field.in);
  const isWrapper =
    field instanceof z.ZodDefault ||
    field instanceof z.ZodPrefault ||
    field instanceof z.ZodOptional ||
    field instanceof z.ZodNullable;
  return isWrapper ? read(field.unwrap()) : undefined;
}

function asVariable(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
