import type { AudioChunk, MediaStart } from '@verbatim/audio';
import type { DecodedPiece, Decoding } from '../decoding/decoder-pool.ts';
import { beginsFile, isWholeOnly } from './audio-kind.ts';
import { beginningAt, decodedSample, receivedBytes, type DecoderState, type RestartPoint } from './decoder-state.ts';
import { fileExpected, uncuttable } from './errors.ts';
import { joinPieces, type UploadedBytes } from './upload-buffer.ts';

/** Decodes one upload from the state that the last one left; its own end is the state for the next. */
export interface UploadDecoderParts {
  readonly open: (start: MediaStart | undefined) => Decoding;
  /** `container`: new files may begin, and end · `opus`: an upload is one packet · else raw samples. */
  readonly kind: 'container' | 'opus' | 'raw';
}

/** Audio of an upload: positions are the session's. */
export type StoredChunk = Pick<AudioChunk, 'endSample' | 'pcm' | 'clientBytes'>;

/**
 * Kept in a session's record between two chunks; the usual is a few kB. It holds a frame of 192 kHz FLAC, a page of Ogg (64 kB), and a
 * restart point 100 ms back. Units: bytes.
 */
const MOST_CARRIED_BYTES = 262_144;

/**
 * The way of one upload through a decoder. Invariant: samples come in order and without a gap, from where the state stands; decoding the
 * same bytes from the same state gives the same chunks.
 */
export class UploadDecoder {
  readonly #parts: UploadDecoderParts;
  #state: DecoderState;
  #decoding: Decoding | undefined;
  /** Where the last chunk ended. Raw audio goes on from the one before: what the filter at its beginning needs is given once more. */
  #lastPlace: RestartPoint | undefined;
  /** Given out while the carry was repeated to a new decoder. */
  #early: readonly StoredChunk[] = [];

  constructor(parts: UploadDecoderParts, state: DecoderState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** What the next upload begins with; complete when all is decoded. @throws SttError `audio_unsupported` when it is too large */
  get state(): DecoderState {
    const carried = this.#state.carry.reduce((sum, { length }) => sum + length, this.#state.header.length);
    if (carried > MOST_CARRIED_BYTES) throw uncuttable();
    return this.#state;
  }

  /**
   * Decodes an upload, piece by piece as the chunks are wanted.
   * @param endsHere no audio follows: what is held back is given out too
   * @throws SttError `audio_undecodable`, `audio_unsupported`, `audio_too_long`
   */
  async *decode({ pieces }: UploadedBytes, endsHere: boolean): AsyncGenerator<readonly StoredChunk[], void> {
    const { kind } = this.#parts;
    const head = pieces[0] ?? new Uint8Array(0);
    const isFile = kind === 'container';
    if (isFile && head.length > 0) yield* this.#changeFile(head);
    const taken = kind === 'opus' && pieces.length > 1 ? [joinPieces(pieces)] : pieces;
    for (const piece of taken) yield await this.#accept(piece);
    if (endsHere || (isFile && isWholeOnly(head))) yield* this.#finish();
  }

  close(): void {
    this.#decoding?.close();
    this.#decoding = undefined;
  }

  /** A chunk that begins like a file is one of its own: what was sent before it was another one, and complete. */
  async *#changeFile(head: Uint8Array): AsyncGenerator<readonly StoredChunk[], void> {
    const hasBytes = receivedBytes(this.#state) > this.#state.base.clientBytes;
    if (beginsFile(head) && hasBytes) yield* this.#finish();
    else if (this.#state.isFinished && !beginsFile(head)) throw fileExpected();
    if (this.#state.isFinished) this.#state = beginningAt(this.#state.base);
  }

  async *#finish(): AsyncGenerator<readonly StoredChunk[], void> {
    if (this.#state.isFinished) return;
    const decoding = await this.#opened();
    yield this.#takeEarly();
    yield this.#note(await decoding.end());
    const base = { sample: decodedSample(this.#state), clientBytes: receivedBytes(this.#state) };
    this.close();
    this.#lastPlace = undefined;
    this.#state = { ...beginningAt(base), isFinished: true };
  }

  async #accept(piece: Uint8Array): Promise<readonly StoredChunk[]> {
    const decoding = await this.#opened();
    this.#state = { ...this.#state, carry: [...this.#state.carry, piece] };
    return [...this.#takeEarly(), ...this.#note(await decoding.accept(piece))];
  }

  /** The decoder, told what the one before it had received and not given out. */
  async #opened(): Promise<Decoding> {
    if (this.#decoding !== undefined) return this.#decoding;
    const { start, header, carry } = this.#state;
    const isAtStart = start.clientBytes === 0 && start.sample === 0;
    const decoding = this.#parts.open(isAtStart ? undefined : toMediaStart(start, header));
    this.#decoding = decoding;
    for (const piece of carry) this.#early = [...this.#early, ...this.#note(await decoding.accept(piece))];
    return decoding;
  }

  #takeEarly(): readonly StoredChunk[] {
    const early = this.#early;
    this.#early = [];
    return early;
  }

  #note({ chunks, header }: DecodedPiece): readonly StoredChunk[] {
    const { base, endSample } = this.#state;
    for (const chunk of chunks) this.#advance(chunk, header);
    const news = chunks.filter((chunk) => chunk.endSample > endSample);
    return news.map((chunk) => ({
      endSample: base.sample + chunk.endSample,
      pcm: chunk.pcm,
      clientBytes: base.clientBytes + chunk.clientBytes,
    }));
  }

  #advance({ endSample, clientBytes, restartFrame }: AudioChunk, header: Uint8Array): void {
    const place = { sample: endSample, clientBytes, ...(restartFrame === undefined ? {} : { restartFrame }) };
    const before = this.#lastPlace ?? this.#state.start;
    this.#lastPlace = place;
    // A packed chunk names a place that lies far enough back by itself.
    const start = this.#parts.kind === 'raw' ? before : place;
    const carry = behind(this.#state.carry, start.clientBytes - this.#state.start.clientBytes);
    this.#state = { ...this.#state, start, header, carry, endSample: Math.max(endSample, this.#state.endSample) };
  }
}

function toMediaStart(start: RestartPoint, header: Uint8Array): MediaStart {
  const { sample, clientBytes, restartFrame } = start;
  return { sample, clientBytes, header, ...(restartFrame === undefined ? {} : { restartFrame }) };
}

/** What is left of the pieces behind their first `bytes`. */
function behind(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(left, piece.length));
    left = Math.max(0, left - piece.length);
    return rest.length === 0 ? [] : [rest];
  });
}
