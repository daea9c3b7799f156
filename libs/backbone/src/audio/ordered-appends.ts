import { SttError } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { isReply, isTemporary } from '../connection/storage-error.ts';
import { createAppendWindow, type PendingEntry } from './append-window.ts';
import { appendEntry, type AppendReply } from './append-entry.ts';
import { isIdRefused, judgeRefusedAppend } from './refused-append.ts';
import { AUDIO_GONE, AUDIO_ROLLED_BACK } from './verify-audio.ts';

export interface OrderedAppendsParts {
  readonly connection: RedisConnection;
  readonly sessionKey: string;
  readonly audioKey: string;
  /** The entry that the first one goes on from; `<sample>-0` stands for whichever was the last at that sample. */
  readonly afterStreamId: string;
  /** The first entry goes on from audio that an earlier writer stored: between its being told where and now Redis may have lost some. */
  readonly isContinuation: boolean;
  /** Looks, after a cut, whether Redis still holds everything up to this entry; the error when it does not. @throws what ioredis throws */
  readonly verify: (storedStreamId: string) => Promise<SttError | undefined>;
  readonly onStored: (entry: PendingEntry) => void;
  /** Redis answers and refuses to store (out of memory …); the entry waits and is offered again. */
  readonly onRefused: (error: SttError) => void;
  /** The stream is gone or somebody else's; nothing more goes out. */
  readonly onLost: (error: SttError) => void;
}

/** A refusal that passes (maxmemory, loading) is asked again so often: memory that a commit frees is used soon. */
const RETRY_MS = 250;

const FOREIGN = 'Another connection has written audio for this session; reconnect and resume.';

/**
 * Brings the entries of one session to Redis, in order, each once, over any number of cut connections. After a cut nothing is offered
 * before Redis was found to hold everything that it had acknowledged.
 *
 * Invariant: one append of a session is under way at a time, and the next goes when it is acknowledged. A later id that Redis accepts
 * closes the gap before it for good. Worked failure: entries 5 and 6 are sent together at maxmemory, 5 is refused, a commit elsewhere
 * frees memory, 6 is accepted, and 5 can never be stored. At 10 appends a second and a round trip under a millisecond the window is
 * empty most of the time, so this costs nothing; after a cut it empties at a thousand entries a second.
 * @see docs/adr/0001-audio-ids-are-sample-offsets.md
 * @see verify-audio.ts for what a failover would do without the look
 */
export class OrderedAppends {
  readonly #parts: OrderedAppendsParts;
  readonly #window = createAppendWindow();
  /** The last entry that Redis acknowledged. */
  #storedStreamId: string;
  /** An append or a look is on its way: nothing else of this session is. */
  #isUnderWay = false;
  #mustVerify: boolean;
  #isStopped = false;
  /** The entry that was offered last: offered again, a refused id may be its own. */
  #offered: PendingEntry | undefined;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(parts: OrderedAppendsParts) {
    this.#parts = parts;
    this.#storedStreamId = parts.afterStreamId;
    this.#mustVerify = parts.isContinuation;
  }

  /** Bytes that Redis has not acknowledged. */
  get bytes(): number {
    return this.#window.bytes;
  }

  push(entry: PendingEntry): void {
    if (this.#isStopped) return;
    this.#window.push(entry);
    this.#proceed();
  }

  /** Resolves when everything pushed so far is stored. @throws SttError of {@link stop} */
  drained(): Promise<void> {
    return this.#window.drained();
  }

  /** The connection is back after a cut: what Redis holds is looked at, then the rest is offered. */
  reconnected(): void {
    this.#mustVerify = true;
    this.#proceed();
  }

  /** Nothing more goes out; whoever waits for it gets the error. */
  stop(error: SttError): void {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    this.#window.fail(error);
  }

  /** Does what is next, unless something is under way: a look at what Redis holds, or the first entry that is not acknowledged. */
  #proceed(): void {
    if (this.#isUnderWay || this.#isStopped || !this.#parts.connection.isReady()) return;
    const entry = this.#window.first();
    if (!this.#mustVerify && entry === undefined) return;
    this.#isUnderWay = true;
    if (this.#mustVerify) void this.#verify();
    else if (entry !== undefined) void this.#offer(entry);
  }

  async #verify(): Promise<void> {
    this.#mustVerify = false;
    try {
      const error = await this.#parts.verify(this.#storedStreamId);
      if (this.#isStopped) return;
      if (error) return this.#lose(error);
      this.#isUnderWay = false;
      this.#proceed();
    } catch {
      this.#mustVerify = true;
      this.#proceedLater();
    }
  }

  async #offer(entry: PendingEntry): Promise<void> {
    const { connection, sessionKey, audioKey } = this.#parts;
    const wasOffered = this.#offered === entry;
    this.#offered = entry;
    try {
      const append = { sessionKey, audioKey, entry, afterStreamId: this.#storedStreamId };
      const reply = await appendEntry(connection, append);
      if (!this.#isStopped) this.#settle(entry, reply);
    } catch (error) {
      if (!this.#isStopped) this.#settleError(entry, error, wasOffered);
    }
  }

  #settle(entry: PendingEntry, reply: AppendReply): void {
    switch (reply) {
      case 'STORED':
        return this.#acknowledge(entry);
      case 'GONE':
        return this.#lose(new SttError('resume_unrecoverable', AUDIO_GONE));
      case 'ROLLED_BACK':
        return this.#lose(new SttError('insufficient_state', AUDIO_ROLLED_BACK));
    }
  }

  #acknowledge(entry: PendingEntry): void {
    this.#isUnderWay = false;
    this.#storedStreamId = entry.streamId;
    this.#window.acknowledge();
    this.#parts.onStored(entry);
    this.#proceed();
  }

  #settleError(entry: PendingEntry, error: unknown, wasOffered: boolean): void {
    const { connection, onRefused } = this.#parts;
    if (isIdRefused(error)) return void this.#judge(entry, wasOffered);
    if (!isTemporary(error)) return this.#lose(connection.toError(error));
    if (isReply(error)) onRefused(connection.toError(error));
    this.#proceedLater();
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
      this.#proceedLater();
    }
  }

  #proceedLater(): void {
    this.#isUnderWay = false;
    clearTimeout(this.#retryTimer);
    if (!this.#isStopped) this.#retryTimer = setTimeout(() => this.#proceed(), RETRY_MS);
  }

  #lose(error: SttError): void {
    this.stop(error);
    this.#parts.onLost(error);
  }
}
