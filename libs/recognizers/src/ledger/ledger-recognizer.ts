import {
  RecognizerError,
  type DecodeRequest,
  type Recognition,
  type RecognizedSpan,
  type RecognizerCapabilities,
  type RecognizerStream,
  type StreamingRecognizer,
  type WindowedRecognizer,
} from '../recognizer.ts';
import { createLedgerReader } from './ledger-reader.ts';

/** BCP-47 for "not determined": numbers belong to no language. */
const UNDETERMINED = 'und';

const CAPABILITIES = {
  languages: ['*'],
  hasWordTimes: true,
  hasConfidence: false,
  voiceActivity: 'level',
  /** 30 s at 16 kHz; it has no limit of its own, but no caller should come to depend on that. */
  longestWindowSamples: 480_000,
  tokensPerSecondLimit: 0,
  /** A decode costs microseconds; this is how many sessions may wait in `decodeDelayMs` at once. */
  concurrency: 64,
  requestsPerAudioSecond: 0,
} as const satisfies Omit<RecognizerCapabilities, 'kind'>;

export interface LedgerOptions<Kind extends 'windowed' | 'streaming'> {
  readonly kind: Kind;
  /** How long each answer takes. Units: milliseconds. Default 0: at once. */
  readonly decodeDelayMs?: number;
}

/**
 * Creates the recogniser of the tests that must be exact: it reads the numbers that `ledgerAudio` wrote into the samples, so a
 * transcript can be compared word for word with the audio that went in.
 *
 * @see createLedgerReader for what it does with damaged audio
 */
export function createLedgerRecognizer(options: LedgerOptions<'windowed'>): WindowedRecognizer;
export function createLedgerRecognizer(options: LedgerOptions<'streaming'>): StreamingRecognizer;
export function createLedgerRecognizer({
  kind,
  decodeDelayMs = 0,
}: LedgerOptions<'windowed' | 'streaming'>): WindowedRecognizer | StreamingRecognizer {
  return kind === 'windowed' ? createWindowed(decodeDelayMs) : createStreaming(decodeDelayMs);
}

function createWindowed(delayMs: number): WindowedRecognizer {
  const closing = new AbortController();
  return {
    name: 'ledger',
    capabilities: { kind: 'windowed', ...CAPABILITIES },
    async decode({ samples, language, signal }: DecodeRequest) {
      throwIfOver(closing.signal, signal);
      if (delayMs > 0) await delayed(delayMs, closing.signal, signal);
      return toRecognition(createLedgerReader().read(samples, true), language);
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

function createStreaming(delayMs: number): StreamingRecognizer {
  const closing = new AbortController();
  return {
    name: 'ledger',
    capabilities: { kind: 'streaming', ...CAPABILITIES },
    openStream({ language }) {
      throwIfOver(closing.signal);
      return openLedgerStream({ language, delayMs, closing: closing.signal });
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

interface LedgerStreamOptions {
  readonly language: string;
  readonly delayMs: number;
  readonly closing: AbortSignal;
}

function openLedgerStream({ language, delayMs, closing }: LedgerStreamOptions): RecognizerStream {
  const reader = createLedgerReader();
  const words: RecognizedSpan[] = [];
  const ending = new AbortController();
  async function take(samples: Float32Array, isLast: boolean): Promise<Recognition> {
    throwIfOver(closing, ending.signal);
    words.push(...reader.read(samples, isLast));
    const answer = toRecognition([...words], language);
    if (delayMs > 0) await delayed(delayMs, closing, ending.signal);
    return answer;
  }
  return {
    feed: (samples) => take(samples, false),
    async finish() {
      const answer = await take(new Float32Array(0), true);
      ending.abort();
      return answer;
    },
    abort: () => ending.abort(),
  };
}

function toRecognition(words: readonly RecognizedSpan[], language: string): Recognition {
  return {
    text: words.map(({ word }) => word).join(' '),
    words,
    confidence: null,
    language: language === 'auto' ? UNDETERMINED : language,
    tokenCount: words.length,
  };
}

function throwIfOver(closing: AbortSignal, signal?: AbortSignal): void {
  const error = errorOf(closing, signal);
  if (error) throw error;
}

/** Why nothing can be answered any more, or null. */
function errorOf(closing: AbortSignal, signal?: AbortSignal): RecognizerError | null {
  if (closing.aborted) return new RecognizerError('The ledger recogniser is closed.', { failure: 'called_off' });
  return signal?.aborted ? new RecognizerError('The decode was called off.', { failure: 'called_off' }) : null;
}

/** Waits, or fails as soon as the recogniser is closed or the request called off. */
function delayed(delayMs: number, closing: AbortSignal, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, delayMs);
    closing.addEventListener('abort', finish);
    signal?.addEventListener('abort', finish);
    function finish(): void {
      clearTimeout(timer);
      closing.removeEventListener('abort', finish);
      signal?.removeEventListener('abort', finish);
      const error = errorOf(closing, signal);
      if (error) reject(error);
      else resolve();
    }
  });
}
