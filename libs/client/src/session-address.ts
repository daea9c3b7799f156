import { SttError } from '@verbatim/protocol';
import type { StreamingSessionOptions } from './streaming-session.ts';

const STREAM_PATH = '/stt/stream';

const SOCKET_PROTOCOLS: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/**
 * Builds the WebSocket address of a session: scheme, path, and the configuration or the resumption as query.
 * @throws SttError `bad_request` when the base address is none.
 */
export function sessionAddress({ url, config = {}, resume }: StreamingSessionOptions): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  const protocol = base === undefined ? undefined : SOCKET_PROTOCOLS[base.protocol];
  if (base === undefined || protocol === undefined) {
    const sentence = `${JSON.stringify(url)} is no address of a gateway; give one such as http://127.0.0.1:8080.`;
    throw new SttError('bad_request', sentence, { field: 'url' });
  }
  const folder = base.pathname.replace(/\/+$/, '');
  const address = new URL(`${protocol}//${base.host}${folder.endsWith(STREAM_PATH) ? folder : folder + STREAM_PATH}`);
  address.username = base.username;
  address.password = base.password;
  const query =
    resume === undefined
      ? config
      : { session_id: resume.sessionId, resume_token: resume.resumeToken, last_seq: resume.lastSeq };
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

/** The address as a person knows it: without path, query (it may hold a resume token) and credentials. */
export function shownAddress(address: URL): string {
  return `${address.protocol.replace('ws', 'http')}//${address.host}`;
}
