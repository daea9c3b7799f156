import type { AudioChunk, AudioIntake } from '@verbatim/audio';
import type { AudioWriter } from '@verbatim/backbone';
import type { AudioPath } from './audio-path.ts';
import { AudioProgress, type AudioPosition } from './audio-progress.ts';
import type { AudioSuspicion } from './audio-suspicion.ts';
import { endBehindStored } from './end-behind-stored.ts';

export interface RawAudioPathParts {
  readonly intake: AudioIntake;
  readonly writer: AudioWriter;
  readonly suspicion: AudioSuspicion;
}

/** Raw samples: each frame is converted and appended before the next one is looked at. The hot path of the product. */
export class RawAudioPath implements AudioPath {
  readonly progress: AudioProgress;
  readonly #parts: RawAudioPathParts;
  #hasHeardSinceRound = false;
  #isEnding = false;

  constructor(parts: RawAudioPathParts, start: AudioPosition) {
    this.#parts = parts;
    this.progress = new AudioProgress(start);
  }

  get danglingBytes(): number {
    return this.#parts.intake.danglingBytes;
  }

  accept(bytes: Uint8Array): void {
    this.#hasHeardSinceRound = true;
    this.#parts.suspicion.examine(bytes);
    for (const chunk of this.#parts.intake.accept(bytes)) this.#append(chunk);
  }

  mark(control: 'finalize' | 'end'): void {
    this.#flush();
    this.#parts.writer.mark(control);
    this.progress.noteMarked();
  }

  appendRest(): void {
    if (!this.#hasHeardSinceRound) this.#flush();
    this.#hasHeardSinceRound = false;
  }

  /** Nothing waits here: what is under pressure is the socket. */
  setPressure(): void {}

  drained(): Promise<void> {
    return this.#parts.writer.drained();
  }

  endHere(): void {
    this.#isEnding = true;
    endBehindStored(this.#parts.writer);
  }

  close(): void {
    if (!this.#isEnding) this.#parts.writer.close();
  }

  #flush(): void {
    const rest = this.#parts.intake.flush();
    if (rest !== undefined) this.#append(rest);
  }

  #append(chunk: AudioChunk): void {
    this.progress.noteAppended({ sample: chunk.endSample, clientBytes: chunk.clientBytes });
    this.#parts.writer.append(chunk);
  }
}
