import { buildAsyncApiDocument, buildOpenApiDocument, type JsonObject } from '@verbatim/protocol';
import { PROTOCOL_RULES } from './protocol-rules.ts';
import { fieldRows, typeInWords } from './schema-words.ts';
import { code, pageHead, table } from './table.ts';

interface MessageObject {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonObject;
  readonly examples?: readonly { readonly payload: JsonObject }[];
}

interface ParameterObject {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly ParameterObject[];
}

/** The operations of one address, by HTTP method in lower case. */
type PathItem = Readonly<Record<string, Operation>>;

/** Builds `docs/protocol.md` from the two generated documents, so that page and documents cannot differ. */
export function protocolPage(): string {
  const paths = buildOpenApiDocument()['paths'] as Record<string, unknown> as Record<string, PathItem>;
  const { messages } = buildAsyncApiDocument()['components'] as { messages: Record<string, unknown> };
  const { operations } = buildAsyncApiDocument() as { operations: Record<string, { messages: { $ref: string }[] }> };
  const named = (operation: string) =>
    (operations[operation]?.messages ?? []).map(({ $ref }) => messages[$ref.split('/').at(-1) ?? ''] as MessageObject);
  return `${pageHead('The native protocol', 'the schemas of libs/protocol')}
The same in machine-readable form: \`GET /asyncapi.json\` (the WebSocket) and \`GET /openapi.json\` (HTTP). JSON is in
snake_case. Fields are added, never renamed: ignore what you do not know.

## WebSocket: \`GET /stt/stream\`

Every parameter is optional. An unknown one, a wrong value, or one given twice is \`bad_request\` with a sentence that names it.

${parameterTable(paths['/stt/stream']?.['get']?.parameters ?? [])}

${PROTOCOL_RULES}
## From the client

${named('receiveFromClient').map(messageSection).join('\n')}
## From the server

${named('sendToClient').map(messageSection).join('\n')}
## Over HTTP

${table(
  ['address', 'what'],
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { summary }]) => [code(`${method.toUpperCase()} ${path}`), summary]),
  ),
)}

Errors: see [errors.md](errors.md).
`;
}

function parameterTable(parameters: readonly ParameterObject[]): string {
  const rows = parameters.map(({ name, description, schema }) => [
    code(name),
    'default' in schema ? code(String(schema['default'] as string | number | boolean)) : '',
    typeInWords(schema),
    description,
  ]);
  return table(['name', 'default', 'value', 'what'], rows);
}

function messageSection(message: MessageObject): string {
  const rows = fieldRows(message.payload).map((field) => [
    code(field.path),
    field.type,
    field.isRequired ? 'yes' : 'no',
    field.description,
  ]);
  const example = message.examples?.[0]?.payload;
  const parts = [
    `### ${message.name === 'audioFrame' ? 'A binary frame' : code(message.name)}\n`,
    `${message.summary}\n`,
    ...(example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(example)}\n\`\`\`\n`]),
    // A message that is only its type needs no table.
    ...(rows.length > 1 ? [`${table(['field', 'type', 'always there', 'what'], rows)}\n`] : []),
  ];
  return parts.join('\n');
}
