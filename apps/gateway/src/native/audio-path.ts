import type { AudioChunk, AudioIntake } from '@verbatim/audio';
import type { AudioWriter } from '@verbatim/backbone';
import type { AudioSuspicion } from './audio-suspicion.ts';

/** A position in a session's audio: our samples and the client's bytes that they stand for. */
export interface AudioPosition {
  readonly sample: number;
  readonly clientBytes: number;
}

export interface AudioPathParts {
  readonly intake: AudioIntake;
  readonly writer: AudioWriter;
  readonly suspicion: AudioSuspicion;
}

/**
 * The way up of one session: client bytes → 100 ms chunks → appended in order, and how far Redis holds them.
 *
 * Invariant: acknowledged ≤ stored ≤ appended; an acknowledged position is never told twice unless asked for.
 */
export class AudioPath {
  readonly #parts: AudioPathParts;
  #appended: AudioPosition;
  #stored: AudioPosition;
  #acknowledgedBytes: number;
  /** Stored up to here, the client is told at once instead of at the next round. */
  #promptAckAtBytes: number | undefined;

  constructor(parts: AudioPathParts, start: AudioPosition) {
    this.#parts = parts;
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

  /** Bytes of an incomplete sample that wait for their other half. */
  get danglingBytes(): number {
    return this.#parts.intake.danglingBytes;
  }

  /** @throws SttError `audio_undecodable` when the bytes are not what the session announced */
  accept(bytes: Uint8Array): void {
    this.#parts.suspicion.examine(bytes);
    for (const chunk of this.#parts.intake.accept(bytes)) this.#append(chunk);
  }

  /** Puts a mark behind all audio so far, the begun 100 ms included; its storing is acknowledged at once. */
  mark(control: 'finalize' | 'end'): void {
    const rest = this.#parts.intake.flush();
    if (rest !== undefined) this.#append(rest);
    this.#parts.writer.mark(control);
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

  /** What is stored and not yet acknowledged, as a total; `undefined` when there is nothing new. */
  takeAck(): number | undefined {
    if (this.#stored.clientBytes <= this.#acknowledgedBytes) return undefined;
    this.#acknowledgedBytes = this.#stored.clientBytes;
    return this.#acknowledgedBytes;
  }

  drained(): Promise<void> {
    return this.#parts.writer.drained();
  }

  close(): void {
    this.#parts.writer.close();
  }

  #append(chunk: AudioChunk): void {
    this.#appended = { sample: chunk.endSample, clientBytes: chunk.clientBytes };
    this.#parts.writer.append(chunk);
  }
}
