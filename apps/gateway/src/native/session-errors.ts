import { SttError, type ErrorMessage, type Seq, type SessionId } from '@verbatim/protocol';

const MS_PER_SECOND = 1000;

/** A recogniser that was given up is mended by a person; inside the resume window of ten minutes even a slow one. Units: milliseconds. */
const PROVIDER_RETRY_MS = 30_000;

export function idleFor(idleMs: number): SttError {
  const seconds = Math.round(idleMs / MS_PER_SECOND);
  return new SttError(
    'idle_timeout',
    `No audio and no keepalive for ${seconds} s: resume the session, and send {"type":"keepalive"} while there is no audio.`,
  );
}

export function sentAway(): SttError {
  return new SttError('go_away', 'This replica is shutting down: reconnect and resume.');
}

export function replaced(): SttError {
  return new SttError('session_replaced', 'The session was resumed over another connection: stop using this one.');
}

/** A transcriber's `provider_unavailable`, as the error that ends this connection. */
export function passedOn(json: string): SttError {
  const { error } = JSON.parse(json) as ErrorMessage;
  return new SttError('provider_unavailable', error, { retryAfterMs: PROVIDER_RETRY_MS });
}

/** What was stored of packed audio cannot be gone on with. */
export function headerLost(): SttError {
  return new SttError(
    'resume_unrecoverable',
    "The beginning of this session's audio file is not stored any more, and nothing after it can be decoded: start a new session.",
  );
}

export function packedTooLong(longestSeconds: number): SttError {
  return new SttError(
    'session_limit',
    `The session has its ${longestSeconds} s of audio: start a new session, beginning with a new file.`,
  );
}

export function afterEnd(): SttError {
  return new SttError('bad_request', 'The session was ended by {"type":"end"}: what follows it is ignored.');
}

export function incompleteSample(leftBytes: number): SttError {
  const bytes = leftBytes === 1 ? '1 byte' : `${leftBytes} bytes`;
  return new SttError(
    'audio_undecodable',
    `The audio ends in the middle of a sample: ${bytes} left over and ignored; all audio before was taken. Send whole samples.`,
  );
}

/** There is nothing to go on with. Where its text can be read is said only when it can. */
export function unrecoverable(sessionId: SessionId, { isReadable }: { readonly isReadable: boolean }): SttError {
  const advice = isReadable ? `; GET /stt/sessions/${sessionId} has the transcript so far` : '';
  return new SttError(
    'resume_unrecoverable',
    `The resume window of this session has passed, or its stored state was lost: start a new session${advice}.`,
  );
}

/** What was stored is gone while the client is connected, for example after a restart of Redis without persistence. */
export function stateLost(deliveredSeq: Seq): SttError {
  const delivered = deliveredSeq === 0 ? 'no final was delivered' : `finals up to seq ${deliveredSeq} were delivered`;
  return new SttError(
    'resume_unrecoverable',
    `The stored state of this session was lost: start a new session; ${delivered}, audio after them was not transcribed.`,
  );
}

export function beyondTheLog(claimed: Seq, lastSeq: Seq): SttError {
  return new SttError(
    'resume_unrecoverable',
    `The stored messages of this session end at seq ${lastSeq}, before last_seq ${claimed}: start a new session.`,
    { field: 'last_seq' },
  );
}

export function tooManyConnections(limit: number, retryAfterMs: number): SttError {
  return new SttError('overloaded', `This replica serves its ${limit} connections already: try again in a moment.`, {
    retryAfterMs,
  });
}

export function tooBig(receivedBytes: number, limitBytes: number): SttError {
  return new SttError(
    'message_too_big',
    `An audio frame of ${receivedBytes} bytes is too big: send frames of at most ${limitBytes} bytes.`,
  );
}

export function pingTimeout(): SttError {
  return new SttError('ping_timeout', 'The connection no longer answers pings: reconnect and resume.');
}

export function slowConsumer(): SttError {
  return new SttError('slow_consumer', 'Messages are not read fast enough: read them, reconnect and resume.');
}
