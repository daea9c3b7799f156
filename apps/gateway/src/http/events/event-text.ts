import type { Seq } from '@verbatim/protocol';

/**
 * Where a message says its type. Quotes inside a text are escaped in JSON, so no transcript contains this.
 * @see ../../native/native-session.ts which finds the end of a session in the same way
 */
const TYPE = /"type":"([a-z_]+)"/;

/** What an `EventSource` calls an event without a name; a message of ours always has one. */
const UNNAMED = 'message';

/** Writes the JSON of one message as a server-sent event, unchanged. Only a durable message has an id: it is where a reconnect goes on from. */
export function eventText(json: string, seq?: Seq): string {
  const id = seq === undefined ? '' : `id: ${seq}\n`;
  return `${id}event: ${typeOf(json)}\ndata: ${json}\n\n`;
}

/** How long an `EventSource` waits before it comes back. Units: milliseconds. */
export function retryText(retryMs: number): string {
  return `retry: ${Math.round(retryMs)}\n\n`;
}

/** A comment: nobody is told, and the line stays open through proxies that cut silent ones. */
export const KEEP_ALIVE_TEXT = ': keep-alive\n\n';

/** Whether this message is the last one of its session. */
export function endsSession(json: string): boolean {
  return typeOf(json) === 'session_ended';
}

function typeOf(json: string): string {
  return TYPE.exec(json)?.[1] ?? UNNAMED;
}
