import { SttError, type SessionId } from '@verbatim/protocol';
import { spreadRetryMs } from '../retry-after.ts';

export function notMultipart(): SttError {
  return new SttError(
    'bad_request',
    'Send multipart/form-data with the audio as the file part audio_chunk, for example curl -F audio_chunk=@speech.wav.',
  );
}

export function audioMissing(): SttError {
  return new SttError(
    'bad_request',
    'The file part audio_chunk is missing or empty; only the final chunk of a session may come without audio.',
    { field: 'audio_chunk' },
  );
}

export function uploadTooBig(limitBytes: number): SttError {
  return new SttError(
    'message_too_big',
    `The upload is larger than ${limitBytes} bytes: send the audio in several chunks.`,
    { field: 'audio_chunk' },
  );
}

export function busyWithUploads(): SttError {
  return new SttError('overloaded', 'This replica holds as many uploads as it can: send the chunk again in a moment.', {
    retryAfterMs: spreadRetryMs(),
  });
}

export function replicaGoes(): SttError {
  return new SttError('go_away', 'This replica is shutting down: send the chunk again, another replica takes it.', {
    retryAfterMs: 0,
  });
}

export function outOfOrder(expectedIndex: number, index: number): SttError {
  return new SttError(
    'chunk_out_of_order',
    `Chunk ${index} came before its turn: chunk ${expectedIndex} is expected next; send it, and then this one again.`,
    { field: 'chunk_index' },
  );
}

/** Which bytes are the right ones only the client knows; those that were stored stay. */
export function otherBytes(index: number): SttError {
  return new SttError(
    'bad_request',
    `Chunk ${index} was sent before with other bytes or another is_final_chunk: repeat it unchanged, or send new audio under the next chunk_index.`,
    { field: 'chunk_index' },
  );
}

export function sessionOver(sessionId: SessionId): SttError {
  return new SttError(
    'resume_unrecoverable',
    `This session is over or ending: open a new one by leaving out session_id; GET /stt/sessions/${sessionId} has its transcript.`,
    { field: 'session_id' },
  );
}

export function sessionUnknown(): SttError {
  return new SttError(
    'session_not_found',
    'There is no such session, or no chunk came for so long that it is forgotten: open a new one by leaving out session_id.',
    { field: 'session_id' },
  );
}

export function notChunked(): SttError {
  return new SttError(
    'bad_request',
    'This session was opened over a WebSocket: send its audio there, or open a session for chunks by leaving out session_id.',
    { field: 'session_id' },
  );
}

export function optionChanged(name: string, value: unknown): SttError {
  return new SttError(
    'bad_request',
    `Field ${name}: the session was opened with ${JSON.stringify(value)}, and it cannot be changed; leave it out or open a new session.`,
    { field: name },
  );
}

export function fileExpected(): SttError {
  return new SttError(
    'audio_undecodable',
    'The chunk does not begin with the header of an audio file, and the file before it was complete: every chunk must be a whole file here.',
    { field: 'audio_chunk' },
  );
}

/** The state that would have to be kept until the next chunk is larger than Redis should hold for a session. */
export function uncuttable(): SttError {
  return new SttError(
    'audio_unsupported',
    'The audio cannot be cut here: what is not decoded yet is too large to be kept. Send whole files, or a format of smaller frames.',
    { field: 'audio_chunk' },
  );
}

export function noRoom(sessionId: SessionId, index: number): SttError {
  return new SttError(
    'overloaded',
    `More audio waits for recognition than may be stored: send chunk ${index} of session ${sessionId} again in a moment, it goes on where it stopped.`,
    { retryAfterMs: spreadRetryMs() },
  );
}

/** Other replicas, or a failover of the storage, got in between several times in a row. */
export function tooMuchMoved(): SttError {
  return new SttError(
    'insufficient_state',
    'The stored audio changed while the chunk was stored: send the chunk again.',
    {
      retryAfterMs: 0,
    },
  );
}
