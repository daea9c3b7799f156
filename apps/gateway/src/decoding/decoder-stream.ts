import type { AudioChunk, MediaFormat, MediaStart } from '@verbatim/audio';
import { SttError } from '@verbatim/protocol';
import { MOST_STRIKES } from './decoder-limits.ts';
import type { DecodedStep, DecoderReply, DecoderStep } from './decoder-messages.ts';
import type { DecodedPiece, Decoding } from './decoder-pool.ts';
import type { ThreadStream } from './decoder-thread.ts';
import { createReplayTail, type ReplayTail } from './replay-tail.ts';
import { createStepSize } from './step-size.ts';
import type { LossReason } from './step-watch.ts';

/** A call of {@link Decoding}: as many steps as its bytes need, one answer. */
interface Call {
  readonly kind: 'accept' | 'flush' | 'end';
  /** Those that no step has taken yet. */
  bytes: Uint8Array;
  readonly chunks: AudioChunk[];
  readonly resolve: (piece: DecodedPiece) => void;
  readonly reject: (error: SttError) => void;
}

export interface DecoderStreamOptions {
  readonly id: number;
  readonly format: MediaFormat;
  readonly start: MediaStart | undefined;
  readonly longestSeconds: number;
  /** There is a step to do. */
  readonly onWork: () => void;
  /** It failed or was closed: no thread serves it any more. */
  readonly onOver: () => void;
}

const NO_BYTES = new Uint8Array(0);

/** One stream, which outlives the worker that decodes it: what a new worker needs to go on is kept here. */
export class DecoderStream implements ThreadStream, Decoding {
  readonly id: number;
  readonly #options: DecoderStreamOptions;
  readonly #tail: ReplayTail;
  readonly #stepSize = createStepSize();
  readonly #calls: Call[] = [];
  /** Under way, or next; cut from the first call. */
  #step: DecoderStep | undefined;
  /** Steps that bring a new worker to where the lost one was, or the first one to its beginning. */
  #catchUp: DecoderStep[];
  /** Chunks that came while catching up: they belong to the next answer. */
  #early: AudioChunk[] = [];
  #header: Uint8Array;
  #strikes = 0;
  #over: SttError | undefined;

  constructor(options: DecoderStreamOptions) {
    this.id = options.id;
    this.#options = options;
    this.#tail = createReplayTail(options.start);
    this.#header = options.start?.header ?? NO_BYTES;
    this.#catchUp = this.#openingSteps();
  }

  // ---------------------------------------------------------------- as a decoding

  accept(bytes: Uint8Array): Promise<DecodedPiece> {
    // An own copy: a socket's frame is a slice of a larger buffer, which it would keep alive.
    return this.#call('accept', bytes.slice());
  }

  flush(): Promise<DecodedPiece> {
    return this.#call('flush', NO_BYTES);
  }

  end(): Promise<DecodedPiece> {
    return this.#call('end', NO_BYTES);
  }

  close(): void {
    this.fail(new SttError('internal_error', 'This decoder was closed; resume the session.'));
  }

  // ---------------------------------------------------------------- as the thread sees it

  nextStep(): DecoderStep | undefined {
    if (this.#catchUp.length > 0) return this.#catchUp[0];
    const [call] = this.#calls;
    if (call !== undefined) this.#step ??= this.#nextOf(call);
    return this.#step;
  }

  answered(reply: Exclude<DecoderReply, { kind: 'ready' }>): void {
    if (reply.kind === 'failed') {
      const { code, message, field } = reply.failure;
      return this.fail(new SttError(code, message, field === undefined ? {} : { field }));
    }
    if (this.#catchUp.shift() !== undefined) {
      this.#early.push(...this.#take(reply.decoded));
      return;
    }
    const call = this.#calls[0];
    const step = this.#step;
    if (call === undefined || step === undefined) return;
    this.#step = undefined;
    if (step.kind === 'accept') {
      this.#tail.push(step.bytes);
      call.bytes = call.bytes.subarray(step.bytes.length);
      this.#noteGiven(reply.decoded);
    }
    call.chunks.push(...this.#early.splice(0), ...this.#take(reply.decoded));
    if (call.bytes.length > 0) return;
    this.#calls.shift();
    call.resolve({ chunks: call.chunks, header: this.#header });
  }

  // ---------------------------------------------------------------- when its worker is gone

  /** This stream's step was under way. True when it has had its chances. */
  strike(reason: LossReason): boolean {
    this.#strikes += 1;
    // The next try is made in the smallest steps: what was too much in one may be honest in many.
    this.#stepSize.reset();
    if (this.#strikes < MOST_STRIKES) return false;
    this.fail(hostile(reason, this.#tail.endBytes));
    return true;
  }

  /** Prepares for another worker. False when it cannot go on there. */
  restart(): boolean {
    if (!this.#tail.isComplete) {
      this.fail(
        new SttError('internal_error', 'The decoder was lost in the middle of this audio; resume the session.'),
      );
      return false;
    }
    this.#catchUp = this.#openingSteps();
    this.#step = undefined;
    return true;
  }

  /** Ends it: whoever waits gets the error. */
  fail(error: SttError): void {
    if (this.#over !== undefined) return;
    this.#over = error;
    this.#options.onOver();
    for (const { reject } of this.#calls.splice(0)) reject(error);
  }

  #openingSteps(): DecoderStep[] {
    const { format, longestSeconds } = this.#options;
    const { start, pieces } = this.#tail;
    const open: DecoderStep = { kind: 'open', format, start, limits: { longestSeconds } };
    return [open, ...pieces.map((bytes): DecoderStep => ({ kind: 'accept', bytes }))];
  }

  /** A raw packet is one step however long; everything else may be cut anywhere. */
  #nextOf({ kind, bytes }: Call): DecoderStep {
    if (kind !== 'accept') return { kind };
    const isPacket = this.#options.format.encoding === 'opus';
    return { kind, bytes: isPacket ? bytes : bytes.subarray(0, this.#stepSize.bytes) };
  }

  #noteGiven({ places }: DecodedStep): void {
    const last = places.at(-1);
    this.#stepSize.note(last === undefined ? 0 : last.endSample - (this.#tail.start?.sample ?? 0));
  }

  #call(kind: Call['kind'], bytes: Uint8Array): Promise<DecodedPiece> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#calls.push({ kind, bytes, chunks: [], resolve, reject });
      this.#options.onWork();
    });
  }

  #take({ places, pcm, header }: DecodedStep): AudioChunk[] {
    if (header !== undefined) this.#header = header;
    let at = 0;
    return places.map(({ pcmBytes, ...place }) => {
      const chunk = { ...place, pcm: pcm.subarray(at, at + pcmBytes) };
      at += pcmBytes;
      this.#tail.advance(chunk, this.#header);
      return chunk;
    });
  }
}

const BEYOND: Readonly<Record<LossReason, string>> = {
  too_slow: 'takes too long to decode',
  too_large: 'takes too much memory to decode',
  died: 'breaks its decoder',
};

function hostile(reason: LossReason, atByte: number): SttError {
  return new SttError(
    'audio_undecodable',
    `The audio behind byte ${atByte} ${BEYOND[reason]}: convert the file first.`,
  );
}
