import type { SttError } from '@verbatim/protocol';
import type { AudioProgress } from './audio-progress.ts';

/** The way up of one session: client bytes → 100 ms chunks → appended in order. Whoever uses it does not know whether the audio is packed. */
export interface AudioPath {
  readonly progress: AudioProgress;
  /** Bytes of an incomplete sample that wait for their other half. */
  readonly danglingBytes: number;
  /** @throws SttError `audio_undecodable` when the bytes are not what the session announced, if that is known at once */
  accept(bytes: Uint8Array): void;
  /** Puts a mark behind all audio so far, the begun 100 ms included; its storing is acknowledged at once. */
  mark(control: 'finalize' | 'end'): void;
  /**
   * Once a round: what has waited since the last one for the rest of its 100 ms is appended as it is. A microphone that was switched off in the
   * middle of them would else never have them acknowledged, and take the connection for dead.
   */
  appendRest(): void;
  /** The writer has enough for now, or takes more again. What was accepted already is kept. */
  setPressure(isUnderPressure: boolean): void;
  /** Resolves when everything accepted so far is stored. @throws SttError as the writer's */
  drained(): Promise<void>;
  /** Nothing more is taken, and the session ends behind what is appended; closes when that is stored. */
  endHere(): void;
  /** Closes at once; no effect after {@link endHere}. */
  close(): void;
}

/** What a path says of itself later than in the call that caused it. */
export interface AudioPathListener {
  /** `true`: too many bytes wait for their decoder, stop reading from the client. */
  onDecodingFull(isFull: boolean): void;
  /** A mark that waited behind audio is appended. */
  onMarked(): void;
  /** The audio cannot be decoded; nothing more is taken. */
  onUndecodable(error: SttError): void;
}
