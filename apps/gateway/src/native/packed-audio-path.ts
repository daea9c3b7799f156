import type { AudioChunk } from '@verbatim/audio';
import type { AudioWriter } from '@verbatim/backbone';
import { SttError } from '@verbatim/protocol';
import type { DecodedPiece, Decoding } from '../decoding/decoder-pool.ts';
import { createStepSize } from '../decoding/step-size.ts';
import type { AudioPath, AudioPathListener } from './audio-path.ts';
import { AudioProgress, type AudioPosition } from './audio-progress.ts';
import { endBehindStored } from './end-behind-stored.ts';
import { createWaitingBytes, type WaitingBytes, type WaitingItem } from './waiting-bytes.ts';

export interface PackedAudioPathParts {
  readonly decoding: Decoding;
  readonly writer: AudioWriter;
  readonly listener: AudioPathListener;
  /** Every frame is a packet; else the frames may be cut anywhere. */
  readonly isPackets: boolean;
  /** The beginning of the file is in the record already. */
  readonly isHeaderKept: boolean;
}

/** More than this waits: the socket is not read until half of it is decoded. One frame of the largest size. Units: bytes. */
const MOST_WAITING_BYTES = 65_536;

/**
 * Packed audio: frames wait, in order, for a decoder in a worker, one piece at a time. While the writer is under pressure nothing is decoded:
 * a kilobyte of packed silence is minutes of samples, and it is the kilobytes that wait, not the samples.
 */
export class PackedAudioPath implements AudioPath {
  readonly progress: AudioProgress;
  readonly danglingBytes = 0;
  readonly #parts: PackedAudioPathParts;
  readonly #waiting: WaitingBytes = createWaitingBytes();
  readonly #pieceSize = createStepSize();
  #idleWaiters: (() => void)[] = [];
  #isDecoding = false;
  #isUnderPressure = false;
  #isFull = false;
  #isClosed = false;
  #hasDecoded = false;
  #isHeaderKept: boolean;

  constructor(parts: PackedAudioPathParts, start: AudioPosition) {
    this.#parts = parts;
    this.#isHeaderKept = parts.isHeaderKept;
    this.progress = new AudioProgress(start, true);
  }

  accept(bytes: Uint8Array): void {
    this.#waiting.push({ kind: 'bytes', bytes });
    this.#proceed();
  }

  mark(control: 'finalize' | 'end'): void {
    this.#waiting.push({ kind: 'mark', control });
    this.#proceed();
  }

  /** What a decoder holds back it needs; the acknowledgement is repeated instead. @see AudioProgress.takeRoundAck */
  appendRest(): void {}

  setPressure(isUnderPressure: boolean): void {
    this.#isUnderPressure = isUnderPressure;
    this.#proceed();
  }

  async drained(): Promise<void> {
    if (!this.#isClosed && (this.#isDecoding || this.#waiting.bytes > 0)) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    }
    await this.#parts.writer.drained();
  }

  endHere(): void {
    if (this.#isClosed) return;
    this.#stopDecoding();
    endBehindStored(this.#parts.writer);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#stopDecoding();
    this.#parts.writer.close();
  }

  #stopDecoding(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#parts.decoding.close();
    this.#tellIdle();
  }

  #proceed(): void {
    if (this.#isClosed) return;
    const isHeldBack = this.#isDecoding || this.#isUnderPressure;
    const item = isHeldBack ? undefined : this.#waiting.take(this.#parts.isPackets ? undefined : this.#pieceSize.bytes);
    this.#tellFullness();
    if (this.#isDecoding) return;
    if (item !== undefined) void this.#decode(item);
    else if (this.#waiting.bytes === 0) this.#tellIdle();
  }

  async #decode(item: WaitingItem): Promise<void> {
    this.#isDecoding = true;
    try {
      const piece = await this.#ask(item);
      if (this.#isClosed) return;
      if (piece !== undefined) this.#append(piece);
      if (item.kind === 'mark') this.#mark(item.control);
    } catch (thrown) {
      if (!this.#isClosed) this.#parts.listener.onUndecodable(SttError.from(thrown));
      return;
    } finally {
      this.#isDecoding = false;
    }
    this.#proceed();
  }

  /** A mark before any bytes flushes nothing: a file that never began is not a broken one. */
  #ask(item: WaitingItem): Promise<DecodedPiece> | undefined {
    const { decoding } = this.#parts;
    if (item.kind === 'bytes') {
      this.#hasDecoded = true;
      return decoding.accept(item.bytes);
    }
    if (!this.#hasDecoded) return undefined;
    return item.control === 'end' ? decoding.end() : decoding.flush();
  }

  #append({ chunks, header }: DecodedPiece): void {
    const last = chunks.at(-1);
    this.#pieceSize.note(last === undefined ? 0 : last.endSample - this.progress.appended.sample);
    for (const chunk of chunks) {
      this.progress.noteAppended(positionAfter(chunk));
      const isHeaderDue = !this.#isHeaderKept && header.length > 0;
      this.#parts.writer.append(isHeaderDue ? { ...chunk, mediaHeader: header } : chunk);
      this.#isHeaderKept = true;
    }
  }

  #mark(control: 'finalize' | 'end'): void {
    this.#parts.writer.mark(control);
    this.progress.noteMarked();
    this.#parts.listener.onMarked();
  }

  #tellFullness(): void {
    const limit = this.#isFull ? MOST_WAITING_BYTES / 2 : MOST_WAITING_BYTES;
    const isFull = this.#waiting.bytes > limit;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#parts.listener.onDecodingFull(isFull);
  }

  #tellIdle(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

function positionAfter({ endSample, clientBytes, restartFrame }: AudioChunk): AudioPosition {
  return { sample: endSample, clientBytes, ...(restartFrame === undefined ? {} : { restartFrame }) };
}
