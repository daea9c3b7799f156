import { transcriptQuerySchema } from '../http/transcript-query.ts';
import { SESSION_VIEW_EXAMPLE } from './http-examples.ts';
import type { JsonObject } from './json-schema.ts';
import { SERVER_MESSAGE_EXAMPLES } from './message-examples.ts';
import { errors, json, queryParameters } from './openapi-parts.ts';

/** The addresses of a session that exists: reading, watching, forgetting. */
export function sessionPaths(): JsonObject {
  return {
    '/stt/sessions/{session_id}': { get: sessionOperation(), delete: deleteOperation() },
    '/stt/sessions/{session_id}/transcript': { get: transcriptOperation() },
    '/stt/sessions/{session_id}/events': { get: eventsOperation() },
  };
}

const SESSION_ID: JsonObject = {
  ...{ name: 'session_id', in: 'path', required: true },
  description: 'As `session_started` gave it.',
  schema: { type: 'string' },
};

function sessionOperation(): JsonObject {
  return {
    operationId: 'getSession',
    tags: ['streaming'],
    summary: 'State of a session and its transcript so far, from Redis: any replica answers.',
    description:
      'For a client whose resume was refused, and for readers that never held the session. It can be read until the ' +
      'retention time after its end is over; then, and for an id that never was, the answer is 404.',
    parameters: [SESSION_ID],
    responses: {
      200: json('What is stored of it.', 'SessionView', SESSION_VIEW_EXAMPLE),
      ...errors('session_not_found', 'storage_unavailable'),
    },
  };
}

function deleteOperation(): JsonObject {
  return {
    operationId: 'deleteSession',
    tags: ['streaming'],
    summary: 'Forgets a session: its audio, its text, its record.',
    description:
      'In whatever state it is. Its client and its observers get `session_ended` with the reason `deleted` and no text, and its ' +
      'transcriber stops. Nothing remembers it: asked again, the answer is 404, as for an id that never was.',
    parameters: [SESSION_ID],
    responses: {
      204: { description: 'It is forgotten.' },
      ...errors('session_not_found', 'storage_unavailable'),
    },
  };
}

function transcriptOperation(): JsonObject {
  return {
    operationId: 'getTranscript',
    tags: ['streaming'],
    summary: 'What is final so far, as data, as text or as subtitles.',
    description:
      'Subtitles have at most 8 words to a line and never words of two finals in one. Without word times the time of a final is shared out ' +
      'by the length of its words. Of two channels each line says `Speaker 0` or `Speaker 1`.',
    parameters: [SESSION_ID, ...queryParameters(transcriptQuerySchema)],
    responses: {
      200: {
        description: 'The transcript in the format asked for.',
        content: {
          ...(json('', 'SessionView', SESSION_VIEW_EXAMPLE)['content'] as JsonObject),
          'text/plain': text('the stale smell of old beer lingers\n'),
          'application/x-subrip': text('1\n00:00:00,320 --> 00:00:02,980\nthe stale smell of old beer lingers\n'),
          'text/vtt': text('WEBVTT\n\n00:00:00.320 --> 00:00:02.980\nthe stale smell of old beer lingers\n'),
        },
      },
      ...errors('bad_request', 'session_not_found', 'storage_unavailable'),
    },
  };
}

function eventsOperation(): JsonObject {
  return {
    operationId: 'watchSession',
    tags: ['streaming'],
    summary: 'Server-sent events of a session for any number of observers: history, then what happens.',
    description:
      'Each event is named after the `type` of its message; its data is the JSON of /asyncapi.json. Durable messages carry their `seq` as id, ' +
      'others none: they may be left out. After a cut, `Last-Event-ID` goes on behind what was read, on any replica. With `session_ended` the ' +
      'stream ends; whoever has read it all is answered 204, which stops an `EventSource`. A session that is deleted ends with the event ' +
      '`error`. Observers do not keep a session alive and hold nobody up: one that does not read is cut.',
    parameters: [
      SESSION_ID,
      {
        ...{ name: 'Last-Event-ID', in: 'header', required: false },
        description:
          'Id of the last event that was read; `EventSource` sends it by itself. Default: from the beginning.',
        schema: { type: 'integer', minimum: 0 },
      },
    ],
    responses: {
      200: { description: 'Events, until the session ends.', content: { 'text/event-stream': text(eventsExample()) } },
      204: { description: 'The session is over and everything was read.' },
      ...errors('bad_request', 'session_not_found', 'overloaded'),
    },
  };
}

function eventsExample(): string {
  const { speech_started, session_ended } = SERVER_MESSAGE_EXAMPLES;
  return [
    'retry: 2000\n',
    `event: speech_started\ndata: ${JSON.stringify(speech_started)}\n`,
    `id: ${session_ended.seq}\nevent: session_ended\ndata: ${JSON.stringify(session_ended)}\n\n`,
  ].join('\n');
}

function text(example: string): JsonObject {
  return { schema: { type: 'string' }, example };
}
