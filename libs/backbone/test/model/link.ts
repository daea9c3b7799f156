import { audioEntryId, markEntryId, standingFields } from '../../src/audio/audio-entry.ts';
import { pcmOf, samplesOf } from './ledger.ts';
import type { Text } from './text.ts';
import type { World } from './world.ts';
import { Writer } from './writer.ts';

/** Client bytes of one frame; any figure does, so long as it follows from the position. */
export const CLIENT_BYTES = 10;

/** The audio is packed: without this, kept with the first frame, nobody could go on with it. */
const MEDIA_HEADER = Buffer.from('header');

/**
 * One connection of the client at one gateway: what it took from the client and has not stored yet. It outlives its client: a gateway
 * that was frozen comes back with what it held.
 */
export class Link {
  readonly text: Text;
  readonly #writer: Writer;
  #takenFrame: number;
  #hasEnded = false;

  constructor(world: World, start: { readonly connection: number; readonly frame: number; readonly text: Text }) {
    const { connection, frame, text } = start;
    this.text = text;
    this.#takenFrame = frame;
    this.#writer = new Writer(world, { connection, storedId: audioEntryId(samplesOf(frame)) });
  }

  get connection(): number {
    return this.#writer.connection;
  }

  get isLost(): boolean {
    return this.#writer.isLost;
  }

  get takenFrame(): number {
    return this.#takenFrame;
  }

  get isDrained(): boolean {
    return this.#writer.isDrained;
  }

  /** Takes frames from the client and cuts them into one entry, as its own clock happens to. */
  take(frames: number): void {
    const from = this.#takenFrame + 1;
    this.#takenFrame += frames;
    const { sample } = this.#position;
    const pcm = pcmOf(from, this.#takenFrame);
    this.#writer.push({
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
    this.#writer.push({
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

  reconnected(): void {
    this.#writer.reconnected();
  }

  /** Offers entries one after the other; the answer of the last one may be lost. */
  async offerSome(times: number, isReplyLost: boolean): Promise<void> {
    for (let time = 1; time <= times; time += 1) await this.offer(isReplyLost && time === times);
  }

  offer(isReplyLost: boolean): Promise<void> {
    return this.#writer.offer(isReplyLost);
  }
}
