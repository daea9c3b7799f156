import type { PendingEntry } from '../../src/audio/append-window.ts';
import { judgeRefusedAppend } from '../../src/audio/refused-append.ts';
import type { World } from './world.ts';

/**
 * Stores entries one behind the other, as a gateway does whose client is connected or sends uploads. Ordering and judging are the
 * product's, the waiting is not.
 * @see ../../src/audio/ordered-appends.ts
 */
export class Writer {
  readonly connection: number;
  readonly #world: World;
  readonly #pending: PendingEntry[] = [];
  /** What Redis acknowledged last: to this writer, or to whoever gave it its start. */
  #storedId: string;
  #offered: PendingEntry | undefined;
  #mustVerify = false;
  isLost = false;

  constructor(world: World, start: { readonly connection: number; readonly storedId: string }) {
    this.#world = world;
    this.connection = start.connection;
    this.#storedId = start.storedId;
  }

  get isDrained(): boolean {
    return this.#pending.length === 0;
  }

  push(entry: PendingEntry): void {
    this.#pending.push(entry);
  }

  /** The connection to Redis was cut: what Redis holds may be older than what it acknowledged. */
  reconnected(): void {
    this.#mustVerify = true;
  }

  /** Offers the entry that is next; an answer that is lost leaves it there, to be offered again. */
  async offer(isReplyLost: boolean): Promise<void> {
    if (this.isLost) return;
    if (this.#mustVerify) return this.#verify();
    const entry = this.#pending[0];
    if (entry === undefined) return;
    const wasOffered = this.#offered === entry;
    this.#offered = entry;
    const reply = await this.#world.ask(this.#world.calls.append(entry, this.#storedId));
    if (isReplyLost) return;
    if (reply === 'STORED') this.#stored(entry);
    else if (reply === 'ID_REFUSED') await this.#judge(entry, wasOffered);
    else this.isLost = true;
  }

  async #judge(entry: PendingEntry, wasOffered: boolean): Promise<void> {
    const { redis, keys, sessionId } = this.#world;
    const verdict = await judgeRefusedAppend(redis, keys.audio(sessionId), entry, wasOffered);
    if (verdict === 'stored') this.#stored(entry);
    else this.isLost = true;
  }

  async #verify(): Promise<void> {
    const error = await this.#world.ask(this.#world.calls.verify(this.connection, this.#storedId));
    this.#mustVerify = false;
    this.isLost = error !== undefined;
  }

  #stored(entry: PendingEntry): void {
    this.#pending.shift();
    this.#storedId = entry.streamId;
  }
}
