import type { IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';
import { failureFromNetwork, readRefusal, refusedUpgrade } from '../connect-failure.ts';
import type { LinkClose } from '../resuming/stream-events.ts';
import { shownAddress } from '../session-address.ts';
import type { Dial } from './link.ts';

/** How long a close may wait for the other side's answer; then the socket is cut. */
const CLOSE_WITHIN_MS = 2_000;

/** The text of a whole day's session fits. */
const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The types of `ws` do not know `closeTimeout` yet. */
const SOCKET_OPTIONS: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  maxPayload: MOST_MESSAGE_BYTES,
  closeTimeout: CLOSE_WITHIN_MS,
};

/** Dials with `ws`, which knows more than a browser: why nobody answered, and what stood in a refusal of the upgrade. */
export const dialWs: Dial = (address, { onText, onClosed }) => {
  const socket = new WebSocket(address, SOCKET_OPTIONS);
  const shown = shownAddress(address);
  let hasOpened = false;
  let known: Partial<LinkClose> = {};
  let refusal: Promise<unknown> = Promise.resolve();
  socket.on('message', (data, isBinary) => {
    if (!isBinary) onText((data as Buffer).toString());
  });
  socket.once('unexpected-response', (_request, response: IncomingMessage) => {
    refusal = readRefusal(response).then((read) => {
      known = refusedUpgrade(shown, read);
      socket.terminate();
    });
  });
  socket.once('open', () => (hasOpened = true));
  socket.on('error', (error) => {
    if (!hasOpened && known.failure === undefined) known = { failure: failureFromNetwork(shown, error) };
  });
  socket.once('close', (code, reason) => {
    void refusal.then(() => onClosed({ code, reason: reason.toString(), ...known }));
  });
  return {
    send(data) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data, ignoreFailure);
    },
    close: () => socket.close(),
  };
};

/** What cannot be sent any more needs no answer of its own: the close tells. */
function ignoreFailure(): void {}
