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
  /**
   * Most interim and speculative decodes per second of a session's audio, for a recogniser that is paid for by the request; finals are never
   * held back. 0 for no bound.
   */
  readonly requestsPerAudioSecond: number;
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

/**
 * What can go wrong with a recogniser, and what to do about it: whether the same recogniser may succeed at another try, and whether the
 * recogniser is to blame, so that another one may succeed where this one cannot.
 */
export const RECOGNIZER_FAILURES = {
  /** No answer in time. */
  timeout: { isRetryable: true, isProviderFault: true },
  /** It asks to be left in peace for a while (429, RESOURCE_EXHAUSTED). */
  rate_limited: { isRetryable: true, isProviderFault: true },
  /** Out of order or not to be reached: 5xx, refused or cut connections, an answer that cannot be read. */
  unavailable: { isRetryable: true, isProviderFault: true },
  /** Our key is missing, wrong, expired or not allowed to do this. */
  unauthorized: { isRetryable: false, isProviderFault: true },
  /** The account has nothing left. */
  quota_exhausted: { isRetryable: false, isProviderFault: true },
  /** It is set up wrongly: no such model, a damaged file. */
  misconfigured: { isRetryable: false, isProviderFault: true },
  /** This audio or this language it does not take, however often it is asked. */
  bad_request: { isRetryable: false, isProviderFault: false },
  /** We called it off or closed it ourselves. */
  called_off: { isRetryable: false, isProviderFault: false },
} as const satisfies Record<string, { readonly isRetryable: boolean; readonly isProviderFault: boolean }>;

export type RecognizerFailure = keyof typeof RECOGNIZER_FAILURES;

export interface RecognizerErrorDetails {
  readonly failure: RecognizerFailure;
  /** When the provider says to come back. Units: milliseconds. */
  readonly retryAfterMs?: number;
  /** Requests that failed one after the other behind this error: more than one where the recogniser has tried again itself. Default 1. */
  readonly failedRequests?: number;
  readonly cause?: unknown;
}

/** The failure is classified once, by the recogniser that knows the cause. */
export class RecognizerError extends Error {
  readonly failure: RecognizerFailure;
  readonly retryAfterMs: number | undefined;
  readonly failedRequests: number;

  constructor(message: string, { failure, retryAfterMs, failedRequests = 1, cause }: RecognizerErrorDetails) {
    super(message, { cause });
    this.name = 'RecognizerError';
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
    this.failedRequests = failedRequests;
  }

  get isRetryable(): boolean {
    return RECOGNIZER_FAILURES[this.failure].isRetryable;
  }

  get isProviderFault(): boolean {
    return RECOGNIZER_FAILURES[this.failure].isProviderFault;
  }
}
