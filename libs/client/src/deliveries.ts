import type { ServerMessage } from '@verbatim/protocol';
import { createMessageQueue } from './message-queue.ts';
import type { ConnectionState, StreamOutcome } from './resuming/stream-outcome.ts';
import type { StreamCallbacks } from './transcription-stream.ts';

/** More than an hour of messages at the usual pace; a reader that far behind is not reading. */
const MOST_WAITING_MESSAGES = 10_000;

/** Beyond so many, what only says how things are at the moment is left out. */
const MOST_WAITING_WITH_TRANSIENT = 1_000;

/** The way of messages to the user: callbacks, and a queue for one reader. */
export interface Deliveries extends AsyncIterable<ServerMessage> {
  deliver(message: ServerMessage): void;
  tellConnection(connection: ConnectionState): void;
  end(outcome: StreamOutcome): void;
}

/** @param onOverrun called when the reader is further behind than the bound */
export function createDeliveries(callbacks: StreamCallbacks, onOverrun: () => void): Deliveries {
  const { onTranscription, onStatus, onMessage, onConnection } = callbacks;
  const queue = createMessageQueue<ServerMessage>({
    mostMessages: MOST_WAITING_MESSAGES,
    onFull: onOverrun,
    onRoom: () => undefined,
  });
  let isQueued = onTranscription === undefined && onMessage === undefined;

  const enqueue = (message: ServerMessage) => {
    if (!isQueued || (isTransient(message) && queue.waitingMessages >= MOST_WAITING_WITH_TRANSIENT)) return;
    queue.push(message);
  };

  return {
    deliver(message) {
      call(onMessage, message);
      if (message.type === 'transcription') call(onTranscription, message);
      if (message.type === 'session_status') call(onStatus, message);
      enqueue(message);
    },
    tellConnection: (connection) => call(onConnection, connection),
    end(outcome) {
      queue.end(outcome.kind === 'failed' ? outcome.error : undefined);
    },
    [Symbol.asyncIterator]() {
      isQueued = true;
      return queue[Symbol.asyncIterator]();
    },
  };
}

function isTransient(message: ServerMessage): boolean {
  return message.type === 'ack' || (message.type === 'transcription' && !message.is_final);
}

/** In a microtask of its own: an error in it is the caller's, and it may call the stream without meeting itself. */
function call<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  if (callback !== undefined) queueMicrotask(() => callback(value));
}
