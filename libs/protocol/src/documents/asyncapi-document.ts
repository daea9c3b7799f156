import { z } from 'zod';
import { clientMessageSchema } from '../messages/client-messages.ts';
import { serverMessageSchema } from '../messages/server-messages.ts';
import { sessionConfigSchema } from '../session/session-config.ts';
import { resumeQuerySchema } from '../session/stream-query.ts';
import { errorTableRows, PROTOCOL_VERSION } from './document-info.ts';
import { toJsonSchema, type JsonObject, type JsonValue } from './json-schema.ts';
import { CLIENT_MESSAGE_EXAMPLES, SERVER_MESSAGE_EXAMPLES } from './message-examples.ts';

const CHANNEL = 'stream';

/**
 * Builds the AsyncAPI 3.0 document of `GET /stt/stream` from the schemas it validates with. Pure: the same code gives the
 * same text. Seen from the gateway: it receives the client's messages and sends its own.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function buildAsyncApiDocument(): JsonObject {
  const fromClient = ['audioFrame', ...clientMessageSchema.options.map((schema) => schema.shape.type.value)];
  const fromServer = serverMessageSchema.options.map((schema) => schema.shape.type.value);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Verbatim: live sessions',
      version: PROTOCOL_VERSION,
      description:
        'One WebSocket is one connection of a session: binary frames are audio, text frames are JSON. Close codes: 40xx stop, ' +
        '41xx back off, 42xx reconnect now and resume; the whole table is in `x-error-table`.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: { [CHANNEL]: channel([...fromClient, ...fromServer]) },
    operations: {
      receiveFromClient: operation('receive', 'What a client may send.', fromClient),
      sendToClient: operation('send', 'What the server sends.', fromServer),
    },
    components: { messages: { audioFrame: audioFrame(), ...clientMessages(), ...serverMessages() } },
    'x-error-table': errorTableRows(),
  };
}

function channel(messages: readonly string[]): JsonObject {
  const query = z.object({ ...sessionConfigSchema.shape, ...resumeQuerySchema.partial().shape });
  return {
    address: '/stt/stream',
    title: 'A live session',
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { ws: { method: 'GET', query: toJsonSchema(query), bindingVersion: '0.1.0' } },
  };
}

function operation(action: 'send' | 'receive', summary: string, messages: readonly string[]): JsonObject {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${CHANNEL}` },
    messages: messages.map((name) => ({ $ref: `#/channels/${CHANNEL}/messages/${name}` })),
  };
}

/** The one message that is not JSON: a binary frame. */
function audioFrame(): JsonObject {
  return {
    name: 'audioFrame',
    title: 'Audio',
    summary:
      'Audio in the encoding of the session; frames follow each other without gap, cut wherever the client likes.',
    contentType: 'application/octet-stream',
    payload: { type: 'string', format: 'binary' },
  };
}

function clientMessages(): JsonObject {
  return Object.fromEntries(
    clientMessageSchema.options.map((schema) => {
      const type = schema.shape.type.value;
      return [type, message(type, schema, CLIENT_MESSAGE_EXAMPLES[type])];
    }),
  );
}

function serverMessages(): JsonObject {
  return Object.fromEntries(
    serverMessageSchema.options.map((schema) => {
      const type = schema.shape.type.value;
      return [type, message(type, schema, SERVER_MESSAGE_EXAMPLES[type])];
    }),
  );
}

function message(type: string, schema: z.ZodType, example: JsonValue): JsonObject {
  const { description = '', ...payload } = toJsonSchema(schema);
  return { name: type, title: type, summary: description, payload, examples: [{ name: type, payload: example }] };
}
