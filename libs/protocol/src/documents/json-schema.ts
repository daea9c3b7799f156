import { z } from 'zod';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/** A member that is `undefined` is left out of the text. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/**
 * Turns a zod schema into the JSON Schema (2020-12) of what goes over the wire. It stays open for further fields: fields
 * are added to the protocol, never renamed, and a client must not refuse what it does not know.
 */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  delete json.$schema;
  return json as JsonObject;
}
