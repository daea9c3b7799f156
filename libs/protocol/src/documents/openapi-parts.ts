import { z } from 'zod';
import { ERROR_TABLE, type ErrorCode } from '../errors/error-table.ts';
import { toJsonSchema, type JsonObject, type JsonValue } from './json-schema.ts';

/** Every parameter of a query that zod knows; a resume's are optional as a whole. */
export function queryParameters(schema: z.ZodObject, { isOptional = false } = {}): JsonObject[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description = '', ...rest } = toJsonSchema(field as z.ZodType);
    const required = !isOptional && !z.safeParse(field, undefined).success;
    return { name, in: 'query', required, description, schema: rest };
  });
}

/** Answers of the error table, by their status. */
export function errors(...codes: ErrorCode[]): JsonObject {
  return Object.fromEntries(
    codes.map((code) => [String(ERROR_TABLE[code].httpStatus), { $ref: '#/components/responses/Error' }]),
  );
}

/** An answer in JSON: a schema of the document, and an example of it. */
export function json(description: string, schema: string, example: JsonValue): JsonObject {
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example } },
  };
}
