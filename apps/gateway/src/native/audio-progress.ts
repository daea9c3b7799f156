import type { AudioStanding } from '@verbatim/backbone';

/** A position in a session's audio: our samples and the client's bytes that they stand for. */
export type AudioPosition = AudioStanding;

/** Rounds without anything new after which packed audio is acknowledged again: 10 s, a third of what our SDK waits for a word. */
const QUIET_ROUNDS = 10;

/**
 * How far one session's audio was appended, stored and acknowledged.
 *
 * Invariant: acknowledged ≤ stored ≤ appended; an acknowledged position is never told twice, but for packed audio as a sign of life: what is
 * acknowledged there stays a little behind what was sent, so a client that pauses would wait for the rest and take us for dead.
 */
export class AudioProgress {
  #appended: AudioPosition;
  #stored: AudioPosition;
  #acknowledgedBytes: number;
  /** Stored up to here, the client is told at once instead of at the next round. */
  #promptAckAtBytes: number | undefined;
  #quietRounds = 0;
  readonly #isPacked: boolean;

  constructor(start: AudioPosition, isPacked = false) {
    this.#isPacked = isPacked;
    this.#appended = start;
    this.#stored = start;
    this.#acknowledgedBytes = start.clientBytes;
  }

  get appended(): AudioPosition {
    return this.#appended;
  }

  get stored(): AudioPosition {
    return this.#stored;
  }

  noteAppended(position: AudioPosition): void {
    this.#appended = position;
  }

  /** A mark stands behind all audio so far; its storing is acknowledged at once. */
  noteMarked(): void {
    this.#promptAckAtBytes = this.#appended.clientBytes;
  }

  /** Takes note of what Redis holds. Returns what to acknowledge at once, if a mark waited for it. */
  noteStored(position: AudioPosition): number | undefined {
    this.#stored = position;
    return this.takePromptAck();
  }

  /** What a mark asked to be acknowledged and is stored by now. */
  takePromptAck(): number | undefined {
    if (this.#promptAckAtBytes === undefined || this.#stored.clientBytes < this.#promptAckAtBytes) return undefined;
    this.#promptAckAtBytes = undefined;
    this.#acknowledgedBytes = this.#stored.clientBytes;
    return this.#acknowledgedBytes;
  }

  /** Once a round: what is new, or now and then what was told before. */
  takeRoundAck(): number | undefined {
    const news = this.takeAck();
    this.#quietRounds = news === undefined ? this.#quietRounds + 1 : 0;
    if (!this.#isPacked || this.#quietRounds < QUIET_ROUNDS) return news;
    this.#quietRounds = 0;
    return this.#acknowledgedBytes;
  }

  /** What is stored and not yet acknowledged, as a total; `undefined` when there is nothing new. */
  takeAck(): number | undefined {
    if (this.#stored.clientBytes <= this.#acknowledgedBytes) return undefined;
    this.#acknowledgedBytes = this.#stored.clientBytes;
    return this.#acknowledgedBytes;
  }
}
