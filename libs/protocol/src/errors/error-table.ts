/** What a client does about an error; the first two digits of the close code say the same. */
export type ClientAction = 'stop' | 'back_off' | 'reconnect';

export interface ErrorTableEntry {
  /** HTTP status where the error answers a request. */
  readonly httpStatus: number;
  /** WebSocket close code: 40xx stop, 41xx back off, 42xx reconnect now and resume. */
  readonly closeCode: number;
  readonly action: ClientAction;
  /** What it means, one sentence, for the generated documents. */
  readonly meaning: string;
}

/**
 * The one error table: every error a client can see, over WebSocket and over HTTP. Closed: a new error is a new row here.
 * @see docs/errors.md (generated from this table)
 */
export const ERROR_TABLE = {
  bad_request: {
    httpStatus: 400,
    closeCode: 4000,
    action: 'stop',
    meaning: 'A parameter, field or message is invalid; the sentence names it and what is allowed.',
  },
  unauthorized: {
    httpStatus: 401,
    closeCode: 4001,
    action: 'stop',
    meaning: 'The credential is missing, wrong or expired.',
  },
  forbidden: { httpStatus: 403, closeCode: 4003, action: 'stop', meaning: 'The credential does not allow this.' },
  session_not_found: {
    httpStatus: 404,
    closeCode: 4004,
    action: 'stop',
    meaning: 'There is no such session, or its resume token does not match.',
  },
  not_found: { httpStatus: 404, closeCode: 4004, action: 'stop', meaning: 'There is nothing at this address.' },
  method_not_allowed: {
    httpStatus: 405,
    closeCode: 4000,
    action: 'stop',
    meaning: 'The address exists, but not with this HTTP method.',
  },
  start_timeout: {
    httpStatus: 408,
    closeCode: 4008,
    action: 'stop',
    meaning: 'The connection was opened, but nothing, or not the whole request, was sent in time.',
  },
  audio_unsupported: {
    httpStatus: 415,
    closeCode: 4009,
    action: 'stop',
    meaning: 'The audio is of a kind that is not accepted here.',
  },
  audio_undecodable: {
    httpStatus: 422,
    closeCode: 4009,
    action: 'stop',
    meaning: 'The audio is not what its parameters or header say.',
  },
  audio_too_long: {
    httpStatus: 413,
    closeCode: 4009,
    action: 'stop',
    meaning:
      'The audio is longer than one upload may be, once it is decoded; send it in shorter chunks or as a stream.',
  },
  message_too_big: {
    httpStatus: 413,
    closeCode: 1009,
    action: 'stop',
    meaning: 'One message or upload exceeds the size limit.',
  },
  chunk_out_of_order: {
    httpStatus: 409,
    closeCode: 4000,
    action: 'stop',
    meaning: 'An earlier chunk of this session is missing; the sentence says which index is expected next.',
  },
  session_limit: {
    httpStatus: 409,
    closeCode: 4010,
    action: 'stop',
    meaning: 'The session reached its longest duration; start a new one.',
  },
  session_replaced: {
    httpStatus: 409,
    closeCode: 4011,
    action: 'stop',
    meaning: 'The session was resumed over another connection; this one is closed.',
  },
  quota_exhausted: { httpStatus: 402, closeCode: 4012, action: 'stop', meaning: 'The account has no quota left.' },
  resume_unrecoverable: {
    httpStatus: 410,
    closeCode: 4014,
    action: 'stop',
    meaning:
      'The session cannot be gone on with: its window has passed or its stored state is lost; start anew. The sentence says whether GET /stt/sessions/<id> has the transcript so far.',
  },
  overloaded: {
    httpStatus: 503,
    closeCode: 4100,
    action: 'back_off',
    meaning: 'No capacity for another session right now.',
  },
  too_many_sessions: {
    httpStatus: 429,
    closeCode: 4101,
    action: 'back_off',
    meaning: 'This key has as many sessions as it may have.',
  },
  rate_limited: {
    httpStatus: 429,
    closeCode: 4102,
    action: 'back_off',
    meaning: 'Messages or audio arrive faster than allowed.',
  },
  provider_unavailable: {
    httpStatus: 503,
    closeCode: 4103,
    action: 'back_off',
    meaning: 'No recogniser that can serve this session is available.',
  },
  storage_unavailable: {
    httpStatus: 503,
    closeCode: 4104,
    action: 'back_off',
    meaning: 'Redis cannot be reached; what was acknowledged is kept: resume later.',
  },
  internal_error: {
    httpStatus: 500,
    closeCode: 4105,
    action: 'back_off',
    meaning: 'A defect on our side; resume, and report the request id.',
  },
  idle_timeout: {
    httpStatus: 408,
    closeCode: 4106,
    action: 'back_off',
    meaning: 'Neither audio nor keepalive arrived in time; the session can be resumed.',
  },
  go_away: {
    httpStatus: 503,
    closeCode: 4200,
    action: 'reconnect',
    meaning: 'This replica is shutting down; reconnect and resume.',
  },
  slow_consumer: {
    httpStatus: 503,
    closeCode: 4201,
    action: 'reconnect',
    meaning: 'The client does not read its messages; reconnect and resume.',
  },
  ping_timeout: {
    httpStatus: 503,
    closeCode: 4202,
    action: 'reconnect',
    meaning: 'The connection stopped answering pings; reconnect and resume.',
  },
  insufficient_state: {
    httpStatus: 503,
    closeCode: 4203,
    action: 'reconnect',
    meaning:
      'Redis holds less of the audio than was acknowledged; reconnect, resume, and send from the position it names.',
  },
} as const satisfies Record<string, ErrorTableEntry>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, value);
}
