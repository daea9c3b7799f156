import { isErrorCode, serverMessageSchema, type ServerMessage } from '@verbatim/protocol';

/**
 * Reads a text frame of the gateway. A newer gateway may say more than this client knows: fields that are unknown stay in the
 * message, an error of an unknown code becomes `internal_error`, and anything else that is unknown gives `undefined`.
 */
export function readServerMessage(text: string): ServerMessage | undefined {
  const message = withKnownCode(parseJson(text));
  return serverMessageSchema.safeParse(message).success ? (message as ServerMessage) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withKnownCode(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'error')
    return message;
  const isKnown = 'code' in message && typeof message.code === 'string' && isErrorCode(message.code);
  return isKnown ? message : { ...message, code: 'internal_error' };
}
