import type { ClientMessage, ErrorMessage, ServerMessage } from '@verbatim/protocol';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { failureFromNetwork, failureFromRefusal, readRefusal } from './connect-failure.ts';
import { createMessageQueue, type MessageQueue } from './message-queue.ts';
import { readMessage } from './read-message.ts';
import { sessionAddress, shownAddress } from './session-address.ts';
import { failureFromClose, failureFromMessage } from './session-failure.ts';
import type { StreamingSession, StreamingSessionOptions } from './streaming-session.ts';

/** From the first packet to `session_started`; a healthy gateway needs milliseconds. */
const OPEN_WITHIN_MS = 15_000;

/** How long a close may wait for the other side's answer; then the socket is cut. */
const CLOSE_WITHIN_MS = 5_000;

/** Bytes the socket may hold back before `sendAudio` waits: 8 s of 16 kHz speech. */
const MOST_BUFFERED_BYTES = 262_144;

/** More than an hour of messages at the usual pace; a reader that far behind is not reading. */
const MOST_WAITING_MESSAGES = 10_000;

/** The text of a whole day's session fits. */
const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The types of `ws` do not know `closeTimeout` yet. */
const SOCKET_OPTIONS: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  maxPayload: MOST_MESSAGE_BYTES,
  handshakeTimeout: OPEN_WITHIN_MS,
  closeTimeout: CLOSE_WITHIN_MS,
};

/**
 * Opens or resumes a session and resolves with the gateway's `session_started` or `session_resumed`.
 * @throws SttError with what the gateway said, over the socket or in its refusal of the upgrade; `not_found` when nobody answers at
 * the address, `overloaded` when the connection fails in another way. An aborted `signal` rejects with its reason.
 */
export async function openStreamingSession(options: StreamingSessionOptions): Promise<StreamingSession> {
  options.signal?.throwIfAborted();
  const address = sessionAddress(options);
  const socket = new WebSocket(address, SOCKET_OPTIONS);
  const link = connectLink(socket);
  try {
    const opened = await untilOpened(link, shownAddress(address), options.signal);
    closeOnAbort(link, options.signal);
    return createSession(link, opened);
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

/** A socket with what it has said so far. */
interface Link {
  readonly socket: WebSocket;
  readonly messages: MessageQueue<ServerMessage>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The gateway's last `error` message: the reason of the close that follows it. */
  readonly lastError: () => ErrorMessage | undefined;
}

function connectLink(socket: WebSocket): Link {
  let lastError: ErrorMessage | undefined;
  const messages = createMessageQueue<ServerMessage>({
    mostMessages: MOST_WAITING_MESSAGES,
    onFull: () => socket.pause(),
    onRoom: () => socket.resume(),
  });
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const message = isBinary ? undefined : readMessage(textOf(data));
    if (message?.type === 'error') lastError = message;
    if (message !== undefined) messages.push(message);
  });
  // A failing socket always closes too, and the close is what tells; without a listener the process would end.
  socket.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      messages.end();
      resolve({ code, reason: reason.toString() });
    });
  });
  return { socket, messages, closed, lastError: () => lastError };
}

function closeOnAbort({ socket, closed }: Link, signal: AbortSignal | undefined): void {
  const close = () => closeSocket(socket);
  signal?.addEventListener('abort', close, { once: true });
  void closed.then(() => signal?.removeEventListener('abort', close));
}

type OpeningMessage = StreamingSession['opened'];

function untilOpened(link: Link, shown: string, signal: AbortSignal | undefined): Promise<OpeningMessage> {
  const { socket } = link;
  return new Promise((resolve, reject) => {
    const late = () => reject(failureFromNetwork(shown, new Error(`no session within ${OPEN_WITHIN_MS / 1000} s`)));
    const patience = setTimeout(late, OPEN_WITHIN_MS);
    const abort = () => reject(signal?.reason as Error);
    const settle = () => {
      clearTimeout(patience);
      signal?.removeEventListener('abort', abort);
      socket.off('message', look);
    };
    const look = (data: RawData, isBinary: boolean) => {
      const message = isBinary ? undefined : readMessage(textOf(data));
      if (message?.type === 'error') reject(failureFromMessage(message));
      if (message?.type !== 'session_started' && message?.type !== 'session_resumed') return;
      settle();
      resolve(message);
    };
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('message', look);
    socket.once('error', (error) => reject(failureFromNetwork(shown, error)));
    socket.once('unexpected-response', (_request, response) => {
      void readRefusal(response).then((refusal) => reject(failureFromRefusal(shown, refusal)));
    });
    void link.closed.then((close) => {
      settle();
      reject(failureFromClose(close, link.lastError()));
    });
  });
}

function createSession({ socket, messages, closed, lastError }: Link, opened: OpeningMessage): StreamingSession {
  const say = (message: ClientMessage) => socket.send(JSON.stringify(message), ignoreFailure);
  const refuse = async (): Promise<never> => {
    throw failureFromClose(await closed, lastError());
  };
  return {
    opened,
    closed,
    async sendAudio(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return refuse();
      const sent = new Promise<boolean>((resolve) => socket.send(bytes, { binary: true }, (error) => resolve(!error)));
      if (socket.bufferedAmount > MOST_BUFFERED_BYTES && !(await sent)) return refuse();
    },
    finalize: () => say({ type: 'finalize' }),
    end: () => say({ type: 'end' }),
    keepAlive: () => say({ type: 'keepalive' }),
    close: () => closeSocket(socket),
    [Symbol.asyncIterator]: () => messages[Symbol.asyncIterator](),
  };
}

/** A message that cannot be sent any more needs no answer of its own: the reader sees the close. */
function ignoreFailure(): void {}

function closeSocket(socket: WebSocket): void {
  // A paused socket would never see the other side's answer.
  socket.resume();
  socket.close();
}

function textOf(data: RawData): string {
  return (data as Buffer).toString();
}
