import type { AudioWriter, AudioWriterListener, GatewaySide } from '@verbatim/backbone';
import { BYTES_PER_SAMPLE } from '@verbatim/audio';
import type { SttError, SessionId } from '@verbatim/protocol';
import type { Position } from './decoder-state.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import type { StoredChunk } from './upload-decoder.ts';

export interface ChunkStoreParts {
  readonly backbone: Pick<GatewaySide, 'openAudioWriter'>;
  readonly sessionId: SessionId;
  readonly channels: number;
  /** How far Redis holds the session's audio already, by an earlier try of this upload too. */
  readonly stored: Position;
  /** Aborted when the upload has waited long enough. */
  readonly patience: AbortSignal;
  /** The error for that moment. */
  readonly tooLate: () => SttError;
  readonly onStored: (samples: number) => void;
}

/**
 * Stores an upload's audio behind what Redis holds, and waits while it holds too much. What an earlier try has stored is left out: samples
 * are the same each time, so only their number counts.
 */
export class ChunkStore implements AudioWriterListener {
  readonly #parts: ChunkStoreParts;
  readonly #writer: AudioWriter;
  readonly #frameBytes: number;
  #appendedSample: number;
  #storedSample: number;
  #room: Deferred<void> | undefined;
  readonly #lost = createDeferred<never>();

  constructor(parts: ChunkStoreParts) {
    this.#parts = parts;
    this.#frameBytes = parts.channels * BYTES_PER_SAMPLE;
    this.#appendedSample = parts.stored.sample;
    this.#storedSample = parts.stored.sample;
    // Nobody may be waiting when it is lost: whoever waits next is told.
    this.#lost.promise.catch(() => undefined);
    // The writer has its own idea of a connection: uploads follow each other like the frames of the first one.
    this.#writer = parts.backbone.openAudioWriter({ sessionId: parts.sessionId }, parts.stored, this);
  }

  /** Hands chunks over and waits until there is room for more. @throws SttError of the writer, or `tooLate` */
  async append(chunks: readonly StoredChunk[]): Promise<void> {
    for (const chunk of chunks) this.#append(chunk);
    if (this.#room !== undefined) await this.#within(this.#room.promise);
  }

  /** Waits until everything is stored. @throws SttError of the writer, or `tooLate` */
  async drained(): Promise<void> {
    await this.#within(this.#writer.drained());
  }

  close(): void {
    this.#writer.close();
  }

  onStored({ sample }: { readonly sample: number }): void {
    this.#parts.onStored(sample - this.#storedSample);
    this.#storedSample = sample;
  }

  onPressure(isUnderPressure: boolean): void {
    if (isUnderPressure) this.#room ??= createDeferred();
    else {
      this.#room?.resolve();
      this.#room = undefined;
    }
  }

  onLost(error: SttError): void {
    this.#lost.reject(error);
  }

  #append({ endSample, pcm, clientBytes }: StoredChunk): void {
    const newSamples = endSample - this.#appendedSample;
    if (newSamples <= 0) return;
    this.#appendedSample = endSample;
    const newBytes = Math.min(pcm.length, newSamples * this.#frameBytes);
    this.#writer.append({ endSample, pcm: pcm.subarray(pcm.length - newBytes), clientBytes });
  }

  async #within(done: Promise<void>): Promise<void> {
    const { patience, tooLate } = this.#parts;
    if (patience.aborted) throw tooLate();
    const late = createDeferred<never>();
    const giveUp = (): void => late.reject(tooLate());
    patience.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([done, this.#lost.promise, late.promise]);
    } finally {
      patience.removeEventListener('abort', giveUp);
    }
  }
}
