import { isErrorCode, type ServerMessage } from '@verbatim/protocol';

type Kind = 'string' | 'number' | 'boolean' | 'number or null';

/** What must be there for a message to be taken, by type: every required field of the protocol. A spec compares it with the schemas. */
export const REQUIRED_FIELDS: Readonly<Record<ServerMessage['type'], Readonly<Record<string, Kind>>>> = {
  session_started: {
    session_id: 'string',
    language: 'string',
    provider: 'string',
    sample_rate: 'number',
    chunk_size: 'number',
    encoding: 'string',
    channels: 'number',
    resume_token: 'string',
    resume_window_s: 'number',
    epoch: 'string',
  },
  transcription: {
    text: 'string',
    is_final: 'boolean',
    confidence: 'number or null',
    language: 'string',
    timestamp: 'string',
    session_id: 'string',
    seq: 'number',
    segment_id: 'number',
    revision: 'number',
    start_ms: 'number',
    end_ms: 'number',
    channel: 'number',
    provider: 'string',
    speech_final: 'boolean',
    stable_chars: 'number',
  },
  error: {
    error: 'string',
    timestamp: 'number',
    code: 'string',
    retryable: 'boolean',
    retry_after_ms: 'number or null',
    request_id: 'string',
  },
  speech_started: { at_ms: 'number', channel: 'number' },
  speech_ended: { at_ms: 'number', channel: 'number' },
  ack: { audio_bytes: 'number' },
  session_status: { state: 'string', lag_ms: 'number', provider: 'string', reason: 'string' },
  session_resumed: {
    recovered: 'boolean',
    session_id: 'string',
    epoch: 'string',
    audio_bytes: 'number',
    from_seq: 'number',
    resume_token: 'string',
    resume_window_s: 'number',
  },
  go_away: { time_left_ms: 'number' },
  session_ended: {
    session_id: 'string',
    text: 'string',
    confidence: 'number or null',
    language: 'string',
    audio_ms: 'number',
    segments: 'number',
    reason: 'string',
    seq: 'number',
  },
};

/**
 * Reads a text frame of the gateway without a schema library, for it also runs in browsers. A newer gateway may say more than
 * this client knows: unknown fields stay in the message, an error of an unknown code becomes `internal_error`, and a message
 * that is unknown or lacks something gives `undefined`.
 */
export function readMessage(text: string): ServerMessage | undefined {
  const message = parseObject(text);
  if (message === undefined || !isKnownType(message['type'])) return undefined;
  const fields = Object.entries(REQUIRED_FIELDS[message['type']]);
  if (!fields.every(([name, kind]) => isOfKind(message[name], kind))) return undefined;
  const { code } = message;
  const isUnknownCode = message['type'] === 'error' && typeof code === 'string' && !isErrorCode(code);
  return (isUnknownCode ? { ...message, code: 'internal_error' } : message) as unknown as ServerMessage;
}

function isKnownType(type: unknown): type is ServerMessage['type'] {
  return typeof type === 'string' && Object.hasOwn(REQUIRED_FIELDS, type);
}

function isOfKind(value: unknown, kind: Kind): boolean {
  return kind === 'number or null' ? value === null || typeof value === 'number' : typeof value === kind;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
