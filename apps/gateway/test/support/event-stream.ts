import { serverMessageSchema, type ServerMessage } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';

export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly message: ServerMessage;
}

/** An observer as a browser's `EventSource` is one, but for the reconnecting, which tests do by hand. */
export interface WatchedSession {
  readonly response: Response;
  /** Every event so far; its data is valid by the protocol's schema. */
  readonly events: readonly ReceivedEvent[];
  /** Comments and `retry:` lines so far. */
  readonly otherLines: readonly string[];
  /** Resolves when the stream ends, whichever way. */
  readonly closed: Promise<'ended' | 'cut'>;
  /** Ids so far, in order. */
  ids(): readonly string[];
  finalsText(): string;
  first(type: ServerMessage['type']): Promise<ReceivedEvent>;
  leave(): void;
}

/** Opens `GET /stt/sessions/:id/events` and reads it as it comes. */
export async function watch(url: string, sessionId: string, lastEventId?: string): Promise<WatchedSession> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/stt/sessions/${sessionId}/events`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: leaving.signal,
  });
  const events: ReceivedEvent[] = [];
  const otherLines: string[] = [];
  const closed = readBlocks(response, (block) => readBlock(block, events, otherLines)).then(
    () => 'ended' as const,
    () => 'cut' as const,
  );
  return {
    ...{ response, events, otherLines, closed },
    ids: () => events.flatMap(({ id }) => id ?? []),
    finalsText: () =>
      events
        .flatMap(({ message }) => (message.type === 'transcription' && message.is_final ? message.text : []))
        .filter((text) => text !== '')
        .join(' '),
    first: (type) =>
      eventually(
        () => {
          const found = events.find(({ event }) => event === type);
          if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(events)}`);
          return found;
        },
        { timeoutMs: 10_000 },
      ),
    leave: () => leaving.abort(),
  };
}

async function readBlocks(response: Response, take: (block: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    blocks.forEach(take);
  }
}

function readBlock(block: string, events: ReceivedEvent[], otherLines: string[]): void {
  const fields = new Map(block.split('\n').map((line) => splitAt(line, ': ')));
  const data = fields.get('data');
  if (data === undefined) return void otherLines.push(block);
  const message = serverMessageSchema.parse(JSON.parse(data));
  events.push({ id: fields.get('id'), event: fields.get('event') ?? '', message });
}

function splitAt(line: string, separator: string): readonly [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + separator.length)];
}
