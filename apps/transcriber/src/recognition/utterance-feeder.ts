import type { Recognition, RecognizerStream } from '@verbatim/recognizers';

export interface UtteranceFeederOptions {
  /** Runs one piece of work when it is the session's turn; pieces run in the order they were submitted. */
  readonly submit: (piece: FeedPiece) => void;
  readonly openStream: () => RecognizerStream;
  readonly copyAudio: (range: { readonly fromSample: number; readonly toSample: number }) => Float32Array;
  readonly onHypothesis: (endSample: number, recognition: Recognition) => void;
  readonly onFinished: (recognition: Recognition) => void;
}

export interface FeedPiece {
  run(): Promise<Recognition>;
  onDone(recognition: Recognition): void;
}

/** Feeds one utterance to a streaming recogniser: in order, without gaps, one piece at a time. */
export interface UtteranceFeeder {
  /** Audio up to here is there. */
  advance(endSample: number): void;
  /** Nothing past this sample belongs to the utterance; no more than that was fed. */
  finish(toSample: number): void;
  abort(): void;
}

export function createUtteranceFeeder(fromSample: number, options: UtteranceFeederOptions): UtteranceFeeder {
  return new PieceByPieceFeeder(fromSample, options);
}

class PieceByPieceFeeder implements UtteranceFeeder {
  readonly #fromSample: number;
  readonly #options: UtteranceFeederOptions;
  #stream: RecognizerStream | undefined;
  #fedSample: number;
  #availableSample: number;
  #finishSample: number | undefined;
  #isBusy = false;
  #isOver = false;

  constructor(fromSample: number, options: UtteranceFeederOptions) {
    this.#fromSample = fromSample;
    this.#fedSample = fromSample;
    this.#availableSample = fromSample;
    this.#options = options;
  }

  advance(endSample: number): void {
    this.#availableSample = Math.max(this.#availableSample, endSample);
    this.#next();
  }

  finish(toSample: number): void {
    this.#finishSample = toSample;
    this.#next();
  }

  abort(): void {
    this.#isOver = true;
    this.#stream?.abort();
    this.#stream = undefined;
  }

  #next(): void {
    if (this.#isBusy || this.#isOver) return;
    if (this.#finishSample !== undefined) this.#submitFinish(this.#finishSample);
    else if (this.#fedSample < this.#availableSample) this.#submitFeed(this.#availableSample);
  }

  #submitFeed(target: number): void {
    this.#submit({
      run: () => this.#feedTo(target),
      onDone: (recognition) => this.#options.onHypothesis(target, recognition),
    });
  }

  #submitFinish(target: number): void {
    this.#submit({
      run: async () => {
        // What is left of it, or all of it again where an earlier try failed.
        if (this.#fedSample < target) await this.#feedTo(target);
        return await this.#guarded((stream) => stream.finish());
      },
      onDone: (recognition) => {
        this.#isOver = true;
        this.#options.onFinished(recognition);
      },
    });
  }

  #submit(piece: FeedPiece): void {
    this.#isBusy = true;
    this.#options.submit({
      run: () => piece.run(),
      onDone: (recognition) => {
        this.#isBusy = false;
        piece.onDone(recognition);
        this.#next();
      },
    });
  }

  async #feedTo(target: number): Promise<Recognition> {
    const samples = this.#options.copyAudio({ fromSample: this.#fedSample, toSample: target });
    const recognition = await this.#guarded((stream) => stream.feed(samples));
    this.#fedSample = target;
    return recognition;
  }

  /** A stream that failed is no good any more: the retry feeds a new one from the utterance's start. */
  async #guarded(ask: (stream: RecognizerStream) => Promise<Recognition>): Promise<Recognition> {
    this.#stream ??= this.#options.openStream();
    try {
      return await ask(this.#stream);
    } catch (error) {
      this.#startAfresh();
      throw error;
    }
  }

  #startAfresh(): void {
    this.#stream?.abort();
    this.#stream = undefined;
    this.#fedSample = this.#fromSample;
  }
}
