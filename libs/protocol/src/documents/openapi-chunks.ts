import { AUDIO_PART, chunkFormSchema } from '../http/chunk-form.ts';
import { CHUNK_ANSWER_EXAMPLE } from './http-examples.ts';
import { toJsonSchema, type JsonObject } from './json-schema.ts';
import { errors, json } from './openapi-parts.ts';

/** `POST /stt/stream-chunk`. */
export function chunkPaths(): JsonObject {
  return { '/stt/stream-chunk': { post: chunkOperation() } };
}

function chunkOperation(): JsonObject {
  return {
    operationId: 'postChunk',
    tags: ['streaming'],
    summary: 'Takes a chunk of audio and answers the text that became known.',
    description:
      'The first chunk opens a session, each later one brings its `session_id`; they may go to different replicas, and end anywhere, in ' +
      'the middle of a sample or of a file too. A chunk that begins with the header of a file is one of its own. Send `chunk_index` to be able ' +
      'to repeat: the same index with the same bytes is taken once, and its answer told again; an index before its turn waits up to 2 s for ' +
      'the missing one. The answer comes as soon as there is text for the chunk, else after `wait_ms`. With `is_final_chunk` the session ' +
      'ends, and without `session_id` that is a transcription in one shot; when the time was up before the transcript was complete, ' +
      '`is_final` is false and GET /stt/sessions/{session_id} has the rest. Between two chunks the session waits as long as the resume window.',
    requestBody: { required: true, content: { 'multipart/form-data': { schema: formSchema() } } },
    responses: {
      200: {
        ...json('The chunk is stored and taken; its text so far.', 'ChunkAnswer', CHUNK_ANSWER_EXAMPLE),
        headers: sessionHeader(),
      },
      ...errors('bad_request', 'session_not_found', 'start_timeout', 'chunk_out_of_order', 'resume_unrecoverable'),
      ...errors('message_too_big', 'audio_unsupported', 'audio_undecodable', 'overloaded'),
    },
  };
}

function formSchema(): JsonObject {
  const form = toJsonSchema(chunkFormSchema);
  const audio: JsonObject = {
    type: 'string',
    contentMediaType: 'application/octet-stream',
    description:
      'The audio, as a file part. Its name and type mean nothing. Only the final chunk of a session may come without it.',
  };
  return { ...form, properties: { [AUDIO_PART]: audio, ...(form['properties'] as JsonObject) } };
}

/** Also on errors: a first chunk that was stored in part is sent again with it. */
function sessionHeader(): JsonObject {
  return {
    'x-session-id': {
      description: 'The session of the chunk, as soon as it has one; on errors too.',
      schema: { type: 'string' },
    },
  };
}
