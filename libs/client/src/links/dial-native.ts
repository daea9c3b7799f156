import { SttError } from '@verbatim/protocol';
import { shownAddress } from '../session-address.ts';
import type { Dial } from './link.ts';

/** The part of the browser's `WebSocket` that is used; the types of the workspace know no browser. */
interface NativeSocket {
  binaryType: string;
  readonly readyState: number;
  send(data: string | Uint8Array): void;
  close(code?: number): void;
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
}

type NativeSocketClass = new (address: string) => NativeSocket;

/** `WebSocket.OPEN`. */
const OPEN = 1;

/**
 * Dials with the `WebSocket` of the browser. Why a connection did not come about it does not tell: that a gateway is not there, that a
 * proxy refused, that the page may not connect to it, all of these are a close with 1006.
 */
export const dialNative: Dial = (address, { onText, onClosed }) => {
  const { WebSocket: SocketClass } = globalThis as unknown as { readonly WebSocket: NativeSocketClass };
  const socket = new SocketClass(address.href);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') onText(data);
  };
  let hasOpened = false;
  socket.onopen = () => (hasOpened = true);
  socket.onclose = ({ code, reason }) =>
    onClosed({ code, reason, ...(hasOpened ? {} : { failure: notConnected(address) }) });
  // A failing socket always closes too, and the close is what tells.
  socket.onerror = () => undefined;
  return {
    send(data) {
      if (socket.readyState === OPEN) socket.send(data);
    },
    close: () => socket.close(),
  };
};

function notConnected(address: URL): SttError {
  const sentence = `No connection to ${shownAddress(address)}: is a gateway running there, and does it let this page in?`;
  return new SttError('overloaded', sentence);
}
