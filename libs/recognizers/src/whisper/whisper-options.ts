import { RecognizerError } from '../recognizer.ts';
import { WHISPER_LANGUAGES } from './whisper-languages.ts';

/** OpenAI's own service. */
const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** The model that gives word times, and the name that compatible servers accept most often. */
const DEFAULT_MODEL = 'whisper-1';

/** An utterance of at most 15 s is answered in one to three seconds; five times that is a provider in trouble. Units: milliseconds. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** A streamed answer begins earlier than a whole one is done. Units: milliseconds. */
const DEFAULT_FIRST_DELTA_MS = 10_000;

/** Words of a streamed answer follow each other within fractions of a second. Units: milliseconds. */
const DEFAULT_BETWEEN_DELTAS_MS = 5_000;

/** What the sessions of one process (16 a core) ask for at once; the provider's own limits are per minute. */
const DEFAULT_CONCURRENCY = 16;

/** One interim a second keeps up with the default `buffer_ms`; without a bound the policy asks up to twice as often. */
const DEFAULT_REQUESTS_PER_AUDIO_SECOND = 1;

/** Sent to servers that want no key, because the client library insists on one. */
const NO_KEY = 'none';

/** What is asked for in an answer; a server that does not know it is asked for less. */
export type WhisperAnswers = 'verbose' | 'streamed' | 'plain';

export interface WhisperOptions {
  /** Default: none, which OpenAI refuses and servers of your own may accept. */
  readonly apiKey?: string;
  /** Any server that speaks `POST /audio/transcriptions`, up to and with `/v1`. Default: OpenAI's. */
  readonly baseUrl?: string;
  /** Default `whisper-1`. */
  readonly model?: string;
  /**
   * `verbose`: word times, and a confidence from segments. `streamed`: text as it is made, and a confidence from tokens. `plain`: text
   * alone. Default: `streamed` for `gpt-4o…transcribe`, `verbose` for every other model.
   */
  readonly answers?: WhisperAnswers;
  /** Most interim and speculative requests per second of a session's audio; 0 for no bound. Default 1, sensible 0.3 to 2. */
  readonly requestsPerAudioSecond?: number;
  /** Longest wait for a whole answer. Units: milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /** Longest wait for the first part of a streamed answer. Units: milliseconds. Default 10,000. */
  readonly firstDeltaMs?: number;
  /** Longest silence inside a streamed answer. Units: milliseconds. Default 5,000. */
  readonly betweenDeltasMs?: number;
  /** Requests side by side. Default 16. */
  readonly concurrency?: number;
  /** BCP-47 base languages, for a server whose model knows fewer than Whisper. Default: Whisper's hundred. */
  readonly languages?: readonly string[];
  /** `level` for the ledger's synthetic audio behind an emulator. Default `speech`. */
  readonly voiceActivity?: 'speech' | 'level';
}

export type WhisperSettings = Required<WhisperOptions>;

/** @throws RecognizerError `misconfigured` where OpenAI itself is to be asked without a key. */
export function toWhisperSettings(options: WhisperOptions): WhisperSettings {
  const baseUrl = options.baseUrl ?? OPENAI_BASE_URL;
  if (baseUrl === OPENAI_BASE_URL && (options.apiKey ?? '') === '') {
    throw new RecognizerError(
      "OpenAI's speech recognition needs an API key: set one, or the base URL of a compatible server.",
      { failure: 'misconfigured' },
    );
  }
  const model = options.model ?? DEFAULT_MODEL;
  return {
    answers: /^gpt-.*transcribe/.test(model) ? 'streamed' : 'verbose',
    requestsPerAudioSecond: DEFAULT_REQUESTS_PER_AUDIO_SECOND,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    firstDeltaMs: DEFAULT_FIRST_DELTA_MS,
    betweenDeltasMs: DEFAULT_BETWEEN_DELTAS_MS,
    concurrency: DEFAULT_CONCURRENCY,
    languages: WHISPER_LANGUAGES,
    voiceActivity: 'speech',
    ...options,
    apiKey: options.apiKey || NO_KEY,
    baseUrl,
    model,
  };
}
