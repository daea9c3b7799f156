import { SttError, type Seq } from '@verbatim/protocol';

const MS_PER_SECOND = 1000;

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

export function beyondTheLog(claimed: Seq, lastSeq: Seq): SttError {
  return new SttError(
    'resume_unrecoverable',
    `The stored messages of this session end at ${lastSeq}, before last_seq ${claimed}: start a new session.`,
    { field: 'last_seq' },
  );
}

export function tooManyConnections(limit: number, retryAfterMs: number): SttError {
  return new SttError('overloaded', `This replica serves its ${limit} connections already: try again in a moment.`, {
    retryAfterMs,
  });
}
