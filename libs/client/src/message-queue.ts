/** A queue between a socket, which pushes, and one reader, which iterates. */
export interface MessageQueue<Message> extends AsyncIterable<Message> {
  push(message: Message): void;
  /** No more messages: the reader ends once it has read the rest. */
  end(): void;
}

export interface QueueBounds {
  /** Beyond so many waiting messages `onFull` is called, and `onRoom` once half of them are read. */
  readonly mostMessages: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

/** Creates a queue. Stopping to iterate keeps what waits: a later loop goes on there. */
export function createMessageQueue<Message>({ mostMessages, onFull, onRoom }: QueueBounds): MessageQueue<Message> {
  const waiting: Message[] = [];
  let readers: ((result: IteratorResult<Message, undefined>) => void)[] = [];
  let hasEnded = false;
  let isFull = false;

  const take = (): Message | undefined => {
    const message = waiting.shift();
    if (isFull && waiting.length <= mostMessages / 2) {
      isFull = false;
      onRoom();
    }
    return message;
  };

  const next = (): Promise<IteratorResult<Message, undefined>> => {
    const message = take();
    if (message !== undefined) return Promise.resolve({ value: message, done: false });
    if (hasEnded) return Promise.resolve({ value: undefined, done: true });
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
    end() {
      hasEnded = true;
      for (const reader of readers) reader({ value: undefined, done: true });
      readers = [];
    },
    [Symbol.asyncIterator]: () => ({ next }),
  };
}
