import type { AnswerRange } from '../../src/gateway/chunk-face.ts';
import { cutIntoChunks, type Chunk } from './chunks.ts';
import { insist } from './invariants.ts';
import type { World } from './world.ts';

/** Which chunk a client sends: what it should, or what it should not. */
export const CHOICES = ['next', 'unnumbered', 'again', 'old', 'early'] as const;
export type Choice = (typeof CHOICES)[number];

/** The client of a session whose audio comes in uploads: sends each chunk until it was answered, to whichever gateway. */
export class UploadingClient {
  readonly #world: World;
  #chunks: readonly Chunk[] = [];
  #index = 0;
  /** What each chunk's answer told, as it was heard first. */
  readonly answers = new Map<number, AnswerRange>();

  constructor(world: World) {
    this.#world = world;
  }

  get isDone(): boolean {
    return this.#index >= this.#chunks.length;
  }

  /** Opens the session with its first upload, which comes no further than its beginning. */
  async open(sizes: readonly number[]): Promise<void> {
    const { calls } = this.#world;
    this.#chunks = cutIntoChunks(sizes);
    const digest = this.#chunks[0]?.digest ?? '';
    await this.#world.ask(calls.open());
    const asWebSocket = await this.#world.ask(calls.begin({ index: 0, digest, isFirst: false }));
    insist(asWebSocket.kind === 'NOT_CHUNKED', 'a session that was opened over a WebSocket takes no chunks');
    const begun = await this.#world.ask(calls.begin({ index: 0, digest, isFirst: true }));
    insist(begun.kind === 'BEGUN', 'whoever opens a session may begin its first chunk');
  }

  /** Sends a chunk to a gateway that is not busy with another one. */
  send(gateway: number, choice: Choice): void {
    const uploader = this.#world.uploaders[gateway];
    if (uploader?.isIdle !== true) return;
    const chunk = this.#chunkFor(choice);
    if (chunk !== undefined) uploader.receive(chunk, choice !== 'unnumbered');
  }

  #chunkFor(choice: Choice): Chunk | undefined {
    switch (choice) {
      case 'next':
        return this.#chunks[this.#index];
      case 'again':
        return this.#chunks[this.#index - 1];
      case 'old':
        return this.#chunks[this.#index - 4];
      case 'early':
        return this.#chunks[this.#index + 1] ?? this.#behindTheEnd();
      case 'unnumbered': {
        // a repeat without its index would be the next chunk: who sends none must be sure that it is no repeat
        const isAlone = this.#world.uploaders.every(({ isIdle }) => isIdle);
        return isAlone && this.#index === this.#world.oracle.chunks.next ? this.#chunks[this.#index] : undefined;
      }
    }
  }

  /** A client that goes on although it has said that this was all. */
  #behindTheEnd(): Chunk | undefined {
    const last = this.#chunks.at(-1);
    if (last === undefined) return undefined;
    return { ...last, index: last.index + 1, fromFrame: last.toFrame + 1, isFinal: false, digest: 'more' };
  }

  /** It was told that an earlier chunk is next: a failover may have taken it back. */
  goBackTo(index: number): void {
    this.#index = Math.min(this.#index, index);
  }

  /** An answer that is heard again may have forgotten its text by then. */
  hear(index: number, range: AnswerRange): void {
    if (!this.answers.has(index)) this.answers.set(index, range);
    if (index === this.#index) this.#index += 1;
  }

  /** Sends other bytes under an index that is taken, or half stored, or free. */
  async deceive(): Promise<void> {
    const { calls, oracle, look, isBroken, hasFailedOver, uploaders } = this.#world;
    const { next, takenFrame, finalIndex } = oracle.chunks;
    const isOver = look.state === 'expiring' || look.state === 'ended' || finalIndex !== undefined;
    if (isBroken) return;
    const other = { digest: 'other bytes', isFirst: false };
    if (next > 0) {
      const taken = await this.#world.ask(calls.begin({ ...other, index: next - 1 }));
      insist(taken.kind === 'OTHER_BYTES', 'other bytes under an index that was taken are refused');
      const chunk = { ...{ index: next - 1, decoder: '', sample: 0, clientBytes: 0, isFinal: false }, ...other };
      const again = await this.#world.ask(calls.take(chunk));
      insist(again === 'OTHER_BYTES', 'other bytes under an index that was taken are not taken');
    }
    const isHalfStored = (look.audioEndFrame ?? 0) > takenFrame;
    // whoever works on the right bytes would go on behind the others: that is the client's own fault
    if (isOver || (!isHalfStored && !uploaders.every(({ isIdle }) => isIdle))) return;
    // a failover may take back whose bytes were begun, and leave a gateway that goes on storing them
    if (isHalfStored && hasFailedOver) return;
    const begun = await this.#world.ask(calls.begin({ ...other, index: next }));
    const expected = isHalfStored ? 'OTHER_BYTES' : 'BEGUN';
    insist(begun.kind === expected, 'an index is free for other bytes as long as nothing of it is stored');
  }
}
