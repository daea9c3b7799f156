import type { PendingEntry } from '../../src/audio/append-window.ts';
import { audioEntryId, markEntryId, standingFields } from '../../src/audio/audio-entry.ts';
import { judgeRefusedAppend } from '../../src/audio/refused-append.ts';
import { pcmOf, samplesOf } from './ledger.ts';
import type { Text } from './text.ts';
import type { World } from './world.ts';

/** Client bytes of one frame; any figure does, so long as it follows from the position. */
const CLIENT_BYTES = 10;

/** The audio is packed: without this, kept with the first frame, nobody could go on with it. */
const MEDIA_HEADER = Buffer.from('header');

/**
 * One connection of the client at one gateway: what it took from the client and has not stored yet. It outlives its client: a gateway
 * that was frozen comes back with what it held. Ordering and judging are the product's, the waiting is not.
 * @see ../../src/audio/ordered-appends.ts
 */
export class Link {
  readonly connection: number;
  readonly text: Text;
  readonly #world: World;
  readonly #pending: PendingEntry[] = [];
  #takenFrame: number;
  /** What Redis acknowledged last: to this link, or to the resume that gave it its start. */
  #storedId: string;
  #offered: PendingEntry | undefined;
  #hasEnded = false;
  #mustVerify = false;
  isLost = false;

  constructor(world: World, start: { readonly connection: number; readonly frame: number; readonly text: Text }) {
    this.#world = world;
    this.connection = start.connection;
    this.text = start.text;
    this.#takenFrame = start.frame;
    this.#storedId = audioEntryId(samplesOf(start.frame));
  }

  get takenFrame(): number {
    return this.#takenFrame;
  }

  get isDrained(): boolean {
    return this.#pending.length === 0;
  }

  /** Takes frames from the client and cuts them into one entry, as its own clock happens to. */
  take(frames: number): void {
    const from = this.#takenFrame + 1;
    this.#takenFrame += frames;
    const { sample } = this.#position;
    const pcm = pcmOf(from, this.#takenFrame);
    this.#pending.push({
      streamId: audioEntryId(sample),
      fields: ['d', pcm, ...standingFields(this.#position)],
      bytes: pcm.length,
      position: this.#position,
      ...(from === 1 ? { mediaHeader: MEDIA_HEADER } : {}),
    });
  }

  takeEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#pending.push({
      streamId: markEntryId(this.#position.sample, this.connection, 1),
      fields: ['c', 'end', ...standingFields(this.#position)],
      bytes: 0,
      position: undefined,
    });
  }

  get #position() {
    const restartFrame = this.#takenFrame;
    return { sample: samplesOf(restartFrame), clientBytes: restartFrame * CLIENT_BYTES, restartFrame };
  }

  /** The connection to Redis was cut: what Redis holds may be older than what it acknowledged. */
  reconnected(): void {
    this.#mustVerify = true;
  }

  /** Offers entries one after the other; the answer of the last one may be lost. */
  async offerSome(times: number, isReplyLost: boolean): Promise<void> {
    for (let time = 1; time <= times; time += 1) await this.offer(isReplyLost && time === times);
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
