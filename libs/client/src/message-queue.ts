/** A queue between a socket, which pushes, and one reader, which iterates. */
export interface MessageQueue<Message> extends AsyncIterable<Message> {
  push(message: Message): void;
  /** No more messages: the reader ends once it has read the rest, by throwing if there is an error. */
  end(error?: Error): void;
  /** Messages that nobody has read yet. */
  readonly waitingMessages: number;
}

export interface QueueBounds {
  /** Beyond so many waiting messages `onFull` is called, and `onRoom` once half of them are read. */
  readonly mostMessages: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

type Reading<Message> = IteratorResult<Message, undefined>;

/** Creates a queue. Stopping to iterate keeps what waits: a later loop goes on there. */
export function createMessageQueue<Message>({ mostMessages, onFull, onRoom }: QueueBounds): MessageQueue<Message> {
  const waiting: Message[] = [];
  let readers: ((result: Reading<Message> | Promise<Reading<Message>>) => void)[] = [];
  let ending: { readonly error: Error | undefined } | undefined;
  let isFull = false;

  const take = (): Message | undefined => {
    const message = waiting.shift();
    if (isFull && waiting.length <= mostMessages / 2) {
      isFull = false;
      onRoom();
    }
    return message;
  };

  const next = (): Promise<Reading<Message>> => {
    const message = take();
    if (message !== undefined) return Promise.resolve({ value: message, done: false });
    if (ending !== undefined) return end(ending.error);
    return new Promise((resolve) => readers.push(resolve));
  };

  return {
    push(message) {
      const reader = readers.shift();
      if (reader !== undefined) return reader({ value: message, done: false });
      waiting.push(message);
      if (isFull || waiting.length <= mostMessages) return;
      isFull = true;
      onFull();
    },
    end(error) {
      ending ??= { error };
      for (const reader of readers) reader(end(ending.error));
      readers = [];
    },
    get waitingMessages() {
      return waiting.length;
    },
    [Symbol.asyncIterator]: () => ({ next }),
  };
}

function end(error: Error | undefined): Promise<IteratorReturnResult<undefined>> {
  return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
}
