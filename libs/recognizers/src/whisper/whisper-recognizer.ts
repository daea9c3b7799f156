import { setMaxListeners } from 'node:events';
import { assertServed } from '../local/spoken-language.ts';
import { createDecodeSlots } from '../local/decode-slots.ts';
import type { DecodeRequest, Recognition, RecognizerCapabilities, WindowedRecognizer } from '../recognizer.ts';
import { inCommon, promisesOf, stepDown, wishesFor, type AnswerWishes } from './answer-wishes.ts';
import {
  isRepetitive,
  isWorthAsking,
  loudestDbfs,
  withoutPromptEcho,
  withoutUnspoken,
} from './hallucination-guards.ts';
import { startDeadline } from './request-deadline.ts';
import { toRecognition } from './to-recognition.ts';
import {
  openTranscriptionClient,
  type TranscriptionClient,
  type TranscriptionQuestion,
} from './transcription-client.ts';
import type { WhisperAnswer } from './whisper-answer.ts';
import { refusalOf, toRecognizerError } from './whisper-failure.ts';
import { toAskedLanguage } from './whisper-languages.ts';
import { toWhisperSettings, type WhisperOptions, type WhisperSettings } from './whisper-options.ts';
import { toWavBytes } from './wav-bytes.ts';

/** 30 s at 16 kHz: what Whisper's encoder sees at once. */
const LONGEST_WINDOW_SAMPLES = 480_000;

/** Enough freedom to leave a loop, little enough to stay with what was said; the second step of Whisper's own ladder. 0–1. */
const SECOND_TRY_TEMPERATURE = 0.4;

const NOTHING_SAID: WhisperAnswer = { text: '' };

/**
 * Creates a recogniser that asks OpenAI, or any server with the same `POST /audio/transcriptions`.
 *
 * What a server turns out not to know (segments, word times, log-probabilities, streaming) is not asked for again by this process, and
 * `capabilities` tell what the latest answers hold: they are to be read where they are needed and not kept.
 *
 * @throws RecognizerError `misconfigured` where OpenAI itself is to be asked without a key.
 * @see docs/adr/0018-whisper-over-http.md
 */
export async function createWhisperRecognizer(options: WhisperOptions): Promise<WindowedRecognizer> {
  const settings = toWhisperSettings(options);
  return new HttpWhisperRecognizer(settings, await openTranscriptionClient(settings));
}

/** What one decode needs from beginning to end. */
interface Decode extends Pick<DecodeRequest, 'language' | 'samples'> {
  readonly wav: Uint8Array<ArrayBuffer>;
  readonly prompt: string | undefined;
  readonly callers: readonly AbortSignal[];
}

class HttpWhisperRecognizer implements WindowedRecognizer {
  readonly name: string;
  readonly #settings: WhisperSettings;
  readonly #client: TranscriptionClient;
  readonly #slots;
  readonly #closing = new AbortController();
  #wishes: AnswerWishes;
  /** One answer had word times: one without them is an exception then, and not what the server is. */
  #hasSeenWords = false;

  constructor(settings: WhisperSettings, client: TranscriptionClient) {
    this.name = `whisper:${settings.model}`;
    this.#settings = settings;
    this.#client = client;
    this.#slots = createDecodeSlots(settings.concurrency);
    this.#wishes = wishesFor(settings.answers);
    // One listener for each request under way, gone with it; Node would take more than ten for a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  get capabilities(): RecognizerCapabilities & { readonly kind: 'windowed' } {
    const { languages, voiceActivity, concurrency, requestsPerAudioSecond } = this.#settings;
    return {
      kind: 'windowed',
      languages,
      ...promisesOf(this.#wishes),
      voiceActivity,
      longestWindowSamples: LONGEST_WINDOW_SAMPLES,
      // The decoder stops at 224 tokens for any window: only loops come near, and they are found as such.
      tokensPerSecondLimit: 0,
      concurrency,
      requestsPerAudioSecond,
    };
  }

  // Async, so that a refused language is a rejection like any other failure.
  async decode(request: DecodeRequest): Promise<Recognition> {
    assertServed(request.language, this.#settings.languages, this.#settings.model);
    return this.#slots.run(() => this.#decode(request), request.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#slots.close();
  }

  async #decode({ samples, language, precedingText, signal }: DecodeRequest): Promise<Recognition> {
    const prompt = precedingText === '' ? undefined : precedingText;
    const callers = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    const answer = isWorthAsking(samples)
      ? await this.#askTwiceAtMost({ samples, language, wav: toWavBytes(samples), prompt, callers })
      : NOTHING_SAID;
    const promises = promisesOf(this.#wishes);
    const { languages: served } = this.#settings;
    return toRecognition(answer, { language, served, totalSamples: samples.length, ...promises });
  }

  /** A loop is asked for once more; what still loops then is left to the policy, which cuts it or asks for another range. */
  async #askTwiceAtMost(decode: Decode): Promise<WhisperAnswer> {
    const first = await this.#ask(decode, { ...(decode.prompt !== undefined && { prompt: decode.prompt }) });
    if (!isRepetitive(first)) return sound(first, decode);
    // A second try that fails leaves an answer all the same; one that is called off answers nobody.
    const second = await this.#ask(decode, { temperature: SECOND_TRY_TEMPERATURE }).catch(() => first);
    return sound(isRepetitive(second) ? first : second, decode);
  }

  /** Asks, and asks for less as long as the server says that it does not know what it was asked for. */
  async #ask(decode: Decode, rest: Omit<TranscriptionQuestion, 'language'>): Promise<WhisperAnswer> {
    const language = toAskedLanguage(decode.language);
    const question = { ...(language !== undefined && { language }), ...rest };
    for (let wishes = this.#wishes; ;) {
      const outcome = await this.#askOnce(decode, question, wishes);
      if ('answer' in outcome) {
        this.#learn(wishes, outcome.answer);
        return outcome.answer;
      }
      wishes = outcome.lesser;
    }
  }

  async #askOnce(
    { wav, callers }: Decode,
    question: TranscriptionQuestion,
    wishes: AnswerWishes,
  ): Promise<{ readonly answer: WhisperAnswer } | { readonly lesser: AnswerWishes }> {
    const { model, timeoutMs } = this.#settings;
    const { library } = this.#client;
    const deadline = startDeadline(timeoutMs, callers);
    try {
      return { answer: await this.#client.ask(wav, question, wishes, deadline) };
    } catch (error) {
      const refusal = refusalOf(error, library);
      const lesser = refusal && stepDown(wishes, refusal);
      if (lesser !== undefined) return { lesser };
      const isCalledOff = callers.some((caller) => caller.aborted);
      const end = { model, isExpired: deadline.isExpired, isCalledOff, wallMs: Date.now() };
      throw toRecognizerError(error, end, library);
    } finally {
      deadline.stop();
    }
  }

  /** What was answered to fewer wishes, or without the words that were asked for, is all that this server can do. */
  #learn(wishes: AnswerWishes, { text, words }: WhisperAnswer): void {
    this.#hasSeenWords ||= words !== undefined;
    const isWordless = text !== '' && words === undefined && !this.#hasSeenWords;
    this.#wishes = inCommon(this.#wishes, isWordless ? { ...wishes, wantsWordTimes: false } : wishes);
  }
}

/** Without what the model made up where nobody spoke. */
function sound(answer: WhisperAnswer, { prompt, samples }: Decode): WhisperAnswer {
  const spoken = withoutUnspoken(answer);
  return prompt === undefined ? spoken : withoutPromptEcho(spoken, { prompt, loudestDbfs: loudestDbfs(samples) });
}
