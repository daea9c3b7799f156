import type { JsonObject } from '@verbatim/protocol';

/** One line of a table of fields: nested fields as `words[].word`. */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Lists the fields of an object's JSON Schema, nested ones after their parent. */
export function fieldRows(schema: JsonObject, prefix = ''): FieldRow[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const description = typeof field['description'] === 'string' ? field['description'] : '';
    const row = { path, type: typeInWords(field), isRequired: required.includes(name), description };
    return [row, ...fieldRows(nested(field), `${path}${field['type'] === 'array' ? '[]' : ''}.`)];
  });
}

/** Says a JSON Schema in a few words: `whole number 0 to 1`, `"a" or "b"`, `number or null`. */
export function typeInWords(schema: JsonObject): string {
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' or ');
  const variants = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(variants)) return (variants as JsonObject[]).map(typeInWords).join(' or ');
  const types = [schema['type']].flat().filter((type): type is string => typeof type === 'string');
  return types.map((type) => `${NAMES[type] ?? type}${rangeOf(schema, type)}`).join(' or ');
}

const NAMES: Readonly<Record<string, string>> = {
  integer: 'whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'list',
  object: 'object',
};

function rangeOf(schema: JsonObject, type: string): string {
  if (type !== 'integer' && type !== 'number') return '';
  const { minimum, maximum } = schema;
  if (typeof minimum !== 'number') return typeof maximum === 'number' ? ` up to ${maximum}` : '';
  return typeof maximum === 'number' ? ` ${minimum} to ${maximum}` : ` from ${minimum}`;
}

function nested(field: JsonObject): JsonObject {
  const inner = field['type'] === 'array' ? field['items'] : field;
  return (inner ?? {}) as JsonObject;
}
