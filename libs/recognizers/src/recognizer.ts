/** What a recogniser can do; the transcriber asks here and nowhere else. */
export interface RecognizerCapabilities {
  /** `windowed`: decodes a range of audio at a time. `streaming`: is fed and makes its own hypotheses. */
  readonly kind: 'windowed' | 'streaming';
  /** BCP-47 base languages it serves, or `*` for any. */
  readonly languages: readonly string[];
  readonly hasWordTimes: boolean;
  readonly hasConfidence: boolean;
  /** Which detector finds speech for it: Silero for real speech, `level` for the ledger's synthetic audio. */
  readonly voiceActivity: 'speech' | 'level';
  /** Longest range it decodes well. Units: samples at 16 kHz. */
  readonly longestWindowSamples: number;
  /** Token limit per second of audio, 0 for none. */
  readonly tokensPerSecondLimit: number;
  /** Decodes that run side by side without slowing each other: the cores for a local model. */
  readonly concurrency: number;
}

/** Word times are relative to the first sample of the request. */
export interface RecognizedSpan {
  readonly word: string;
  readonly startSample: number;
  readonly endSample: number;
  readonly confidence: number | null;
}

export interface Recognition {
  readonly text: string;
  readonly words?: readonly RecognizedSpan[];
  /** 0–1, or null where the engine gives none; never invented. */
  readonly confidence: number | null;
  /** BCP-47. */
  readonly language: string;
  readonly tokenCount?: number;
}

export interface DecodeRequest {
  /** 16 kHz mono, −1…1. */
  readonly samples: Float32Array;
  /** BCP-47 or `auto`. */
  readonly language: string;
  /** Committed text just before this audio, for engines that take a prompt. */
  readonly precedingText?: string;
  readonly signal?: AbortSignal;
}

/** Fails with a {@link RecognizerError}; never blocks the event loop for longer than a few milliseconds. */
export interface WindowedRecognizer {
  readonly name: string;
  readonly capabilities: RecognizerCapabilities & { readonly kind: 'windowed' };
  decode(request: DecodeRequest): Promise<Recognition>;
  close(): Promise<void>;
}

/** One utterance being fed to a streaming recogniser. */
export interface RecognizerStream {
  /** Samples follow each other without gap; resolves with the newest hypothesis once they are decoded. */
  feed(samples: Float32Array): Promise<Recognition>;
  /** No more audio: the last hypothesis. The stream is then closed. */
  finish(): Promise<Recognition>;
  /** Drops the stream without an answer. */
  abort(): void;
}

export interface StreamingRecognizer {
  readonly name: string;
  readonly capabilities: RecognizerCapabilities & { readonly kind: 'streaming' };
  openStream(options: { readonly language: string }): RecognizerStream;
  close(): Promise<void>;
}

export type Recognizer = WindowedRecognizer | StreamingRecognizer;

/** `isRetryable` is decided once, by the recogniser that knows the cause. */
export class RecognizerError extends Error {
  readonly isRetryable: boolean;
  constructor(message: string, options: { readonly isRetryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'RecognizerError';
    this.isRetryable = options.isRetryable;
  }
}
