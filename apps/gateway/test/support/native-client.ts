import { eventually } from '@verbatim/testing';
import { serverMessageSchema, type ServerMessage } from '@verbatim/protocol';
import { WebSocket } from 'ws';

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** A plain `ws` client that keeps and checks everything it is told. */
export interface NativeClient {
  readonly socket: WebSocket;
  /** Every message so far, each valid by the protocol's schema. */
  readonly messages: readonly ServerMessage[];
  /** `x-request-id` of the upgrade's answer. */
  readonly requestId: () => string | undefined;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Waits for the first message of a type. */
  first<Type extends ServerMessage['type']>(type: Type): Promise<MessageOf<Type>>;
  all<Type extends ServerMessage['type']>(type: Type): readonly MessageOf<Type>[];
  json(message: unknown): void;
  /** Sends frame n of 100 ms: its first sample says n. */
  frame(n: number): void;
  frames(from: number, to: number): void;
  finalsText(): string;
}

/** Connects; resolves at once, whatever the server will say. */
export function connectNative(url: string, query = '', headers: Record<string, string> = {}): NativeClient {
  const address = `${url.replace('http', 'ws')}/stt/stream${query === '' ? '' : `?${query}`}`;
  const socket = new WebSocket(address, { headers });
  const messages: ServerMessage[] = [];
  const opened = new Promise<void>((resolve) => socket.once('open', resolve));
  let requestId: string | undefined;
  socket.on('upgrade', (response) => {
    requestId = response.headers['x-request-id'] as string;
  });
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => messages.push(serverMessageSchema.parse(JSON.parse(data.toString()))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const send = (data: string | Buffer) => void opened.then(() => socket.send(data));
  const all = <Type extends ServerMessage['type']>(type: Type) =>
    messages.filter((message): message is MessageOf<Type> => message.type === type);
  const frame = (n: number) => {
    const pcm = Buffer.alloc(3200);
    pcm.writeInt16LE(n, 0);
    send(pcm);
  };
  return {
    socket,
    messages,
    requestId: () => requestId,
    closed,
    all,
    first: (type) =>
      eventually(
        () => {
          const found = all(type)[0];
          if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(messages)}`);
          return found;
        },
        { timeoutMs: 10_000 },
      ),
    json: (message) => send(typeof message === 'string' ? message : JSON.stringify(message)),
    frame,
    frames: (from, to) => {
      for (let n = from; n <= to; n += 1) frame(n);
    },
    finalsText: () =>
      all('transcription')
        .filter((message) => message.is_final && message.text !== '')
        .map((message) => message.text)
        .join(' '),
  };
}

/** `w<from> … w<to>`, what the fake transcriber answers to those frames. */
export function words(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `w${from + index}`).join(' ');
}
