import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.ts';
import type { Fault } from './fault.ts';
import { judge, type LaneMemory, type Piece } from './lane-faults.ts';

export interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly random: SeededRandom;
  /** The faults on this lane at this moment. */
  readonly faults: () => readonly Fault[];
  /** Bytes as they were read, before any fault. */
  readonly onBytes?: (bytes: Buffer) => void;
  /** Asks for the end of the whole link. */
  readonly cut: () => void;
}

/** Bytes held back by latency or a slow reader before the sender is made to wait; ten seconds of a caller's audio. */
const MOST_HELD_BYTES = 1_048_576;

/**
 * One direction of one link: reads, lets the faults judge, writes in order.
 * Invariant: what it holds is bounded; beyond {@link MOST_HELD_BYTES} the sending socket is paused.
 */
export class Lane {
  readonly from: Socket;
  readonly #options: LaneOptions;
  readonly #memory: LaneMemory = { passedBytes: new Map(), filters: new Map() };
  readonly #held: Piece[] = [];
  #heldBytes = 0;
  #isPumping = false;
  #hasEnded = false;
  #isCutDue = false;
  #isTorn = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { from } = options;
    this.from = from;
    from.on('data', (bytes) => this.#take(bytes));
    from.once('end', () => {
      this.#hasEnded = true;
      this.#pumpIfIdle();
    });
  }

  /** Whether bytes were swallowed: the link cannot be used any more once the fault is over. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Whether the sender has said that nothing more comes. */
  readonly hasEnded = (): boolean => this.#hasEnded;

  #take(bytes: Buffer): void {
    const { faults, onBytes, random, from, to } = this.#options;
    onBytes?.(bytes);
    const active = faults();
    if (this.#isCutDue) return;
    if (active.length === 0 && !this.#isPumping) {
      if (!to.write(bytes)) this.#waitForDrain();
      return;
    }
    const verdict = judge(active, { bytes, atMs: performance.now() }, this.#memory, random);
    this.#isTorn ||= verdict.isTorn;
    this.#isCutDue ||= verdict.isLast;
    for (const piece of verdict.pieces) this.#hold(piece);
    if (this.#heldBytes > MOST_HELD_BYTES) from.pause();
    this.#pumpIfIdle();
  }

  #waitForDrain(): void {
    const { from, to } = this.#options;
    from.pause();
    to.once('drain', () => from.resume());
  }

  #hold(piece: Piece): void {
    this.#held.push(piece);
    this.#heldBytes += piece.bytes.length;
  }

  #pumpIfIdle(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#pump().finally(() => (this.#isPumping = false));
  }

  async #pump(): Promise<void> {
    const { from, to, cut } = this.#options;
    for (let piece = this.#held.shift(); piece !== undefined; piece = this.#held.shift()) {
      await until(piece.notBeforeMs);
      if (to.destroyed) return;
      if (!to.write(piece.bytes)) await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => undefined);
      await until(performance.now() + piece.pauseMs);
      this.#heldBytes -= piece.bytes.length;
      if (from.isPaused() && this.#heldBytes <= MOST_HELD_BYTES / 2) from.resume();
    }
    if (this.#isCutDue) return cut();
    if (this.#hasEnded) await this.#passEndOn();
  }

  async #passEndOn(): Promise<void> {
    for (const fault of this.#options.faults()) if (fault.type === 'slow_close') await sleep(fault.delayMs);
    this.#options.to.end();
  }
}

async function until(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await sleep(waitMs);
}
