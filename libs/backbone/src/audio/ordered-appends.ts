import { SttError } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { isReply, isTemporary } from '../connection/storage-error.ts';
import { createAppendWindow, type PendingEntry } from './append-window.ts';
import { isIdRefused, judgeRefusedAppend } from './refused-append.ts';

export interface OrderedAppendsParts {
  readonly connection: RedisConnection;
  readonly audioKey: string;
  readonly onStored: (entry: PendingEntry) => void;
  /** Redis answers and refuses to store (out of memory …); the entry waits and is offered again. */
  readonly onRefused: (error: SttError) => void;
  /** The stream is gone or somebody else's; nothing more goes out. */
  readonly onLost: (error: SttError) => void;
}

/** A refusal that passes (maxmemory, loading) is asked again so often: memory that a commit frees is used soon. */
const RETRY_MS = 250;

const GONE = 'The stored audio of this session is gone; start anew, and read the transcript so far by GET.';
const FOREIGN = 'Another connection has written audio for this session; reconnect and resume.';

/**
 * Brings the entries of one session to Redis, in order, each once, over any number of cut connections.
 *
 * Invariant: one append of a session is under way at a time, and the next goes when it is acknowledged. A later id that Redis accepts
 * closes the gap before it for good. Worked failure: entries 5 and 6 are sent together at maxmemory, 5 is refused, a commit elsewhere
 * frees memory, 6 is accepted, and 5 can never be stored. At 10 appends a second and a round trip under a millisecond the window is
 * empty most of the time, so this costs nothing; after a cut it empties at a thousand entries a second.
 * @see docs/adr/0001-audio-ids-are-sample-offsets.md
 */
export class OrderedAppends {
  readonly #parts: OrderedAppendsParts;
  readonly #window = createAppendWindow();
  #isUnderWay = false;
  #isStopped = false;
  /** The entry that was offered last: offered again, a refused id may be its own. */
  #offered: PendingEntry | undefined;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(parts: OrderedAppendsParts) {
    this.#parts = parts;
  }

  /** Bytes that Redis has not acknowledged. */
  get bytes(): number {
    return this.#window.bytes;
  }

  push(entry: PendingEntry): void {
    if (this.#isStopped) return;
    this.#window.push(entry);
    this.offer();
  }

  /** Resolves when everything pushed so far is stored. @throws SttError of {@link stop} */
  drained(): Promise<void> {
    return this.#window.drained();
  }

  /** Offers the first entry that is not acknowledged, unless that is under way. */
  offer(): void {
    const { connection, audioKey } = this.#parts;
    const entry = this.#window.first();
    if (entry === undefined || this.#isUnderWay || this.#isStopped || !connection.isReady()) return;
    this.#isUnderWay = true;
    const wasOffered = this.#offered === entry;
    this.#offered = entry;
    const settle = (error: Error | null | undefined, id?: string | null) => {
      if (this.#isStopped) return;
      if (error) this.#settleError(entry, error, wasOffered);
      else if (id === null) this.#lose(new SttError('resume_unrecoverable', GONE));
      else this.#acknowledge(entry);
    };
    // the callback takes the rejection too
    void connection.client.xadd(audioKey, 'NOMKSTREAM', entry.streamId, ...entry.fields, settle);
  }

  /** Nothing more goes out; whoever waits for it gets the error. */
  stop(error: SttError): void {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    this.#window.fail(error);
  }

  #acknowledge(entry: PendingEntry): void {
    this.#isUnderWay = false;
    this.#window.acknowledge();
    this.#parts.onStored(entry);
    this.offer();
  }

  #settleError(entry: PendingEntry, error: Error, wasOffered: boolean): void {
    const { connection, onRefused } = this.#parts;
    if (isIdRefused(error)) return void this.#judge(entry, wasOffered);
    if (!isTemporary(error)) return this.#lose(connection.toError(error));
    if (isReply(error)) onRefused(connection.toError(error));
    this.#offerLater();
  }

  async #judge(entry: PendingEntry, wasOffered: boolean): Promise<void> {
    const { connection, audioKey } = this.#parts;
    try {
      const verdict = await judgeRefusedAppend(connection.client, audioKey, entry, wasOffered);
      if (this.#isStopped) return;
      if (verdict === 'stored') this.#acknowledge(entry);
      else this.#lose(new SttError('insufficient_state', FOREIGN));
    } catch {
      // it will be refused and judged again; a first refusal, which cannot be a repeat of ours, must then still count as the first
      if (!wasOffered) this.#offered = undefined;
      this.#offerLater();
    }
  }

  #offerLater(): void {
    this.#isUnderWay = false;
    clearTimeout(this.#retryTimer);
    if (!this.#isStopped) this.#retryTimer = setTimeout(() => this.offer(), RETRY_MS);
  }

  #lose(error: SttError): void {
    this.stop(error);
    this.#parts.onLost(error);
  }
}
