import type { RecognizedSpan } from '../recognizer.ts';
import { fromGoogleCode } from './google-languages.ts';
import type { GoogleSettings } from './google-options.ts';

/** One result of a response; positions count from the first sample of the call. */
export interface GoogleResult {
  readonly text: string;
  readonly isFinal: boolean;
  /** Where the audio of this result ends, or 0 where Google does not say. Units: samples at 16 kHz. */
  readonly endSample: number;
  /** Null where Google gives 0, which is its way to say nothing. */
  readonly confidence: number | null;
  readonly words: readonly RecognizedSpan[];
  /** Canonical BCP-47, or null where Google does not say. */
  readonly language: string | null;
}

export interface GoogleResponse {
  readonly results: readonly GoogleResult[];
  /** v1 can end a stream by a message as well as by a status. */
  readonly error: { readonly code: number; readonly message: string } | null;
}

/** What differs between the two versions of the API. */
export interface GoogleDialect {
  /** The first request of a call. */
  configRequest(languageCodes: readonly string[]): object;
  audioRequest(audio: Uint8Array): object;
}

const SAMPLE_RATE_HZ = 16_000;
const NANOS_PER_SECOND = 1e9;
/** Decimal digits that a 32-bit float holds. */
const FLOAT32_DIGITS = 6;

export function createDialect(settings: GoogleSettings, project: string): GoogleDialect {
  return settings.api === 'v2' ? v2Dialect(settings, project) : v1Dialect(settings);
}

function v2Dialect({ location, model, hasWordTimes }: GoogleSettings, project: string): GoogleDialect {
  const recognizer = `projects/${project}/locations/${location}/recognizers/_`;
  return {
    configRequest: (languageCodes) => ({
      recognizer,
      streamingConfig: {
        config: {
          explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: SAMPLE_RATE_HZ, audioChannelCount: 1 },
          languageCodes,
          model,
          features: {
            enableWordTimeOffsets: hasWordTimes,
            enableWordConfidence: hasWordTimes,
            enableAutomaticPunctuation: true,
          },
        },
        streamingFeatures: { interimResults: true, enableVoiceActivityEvents: true },
      },
    }),
    audioRequest: (audio) => ({ audio }),
  };
}

function v1Dialect({ model, hasWordTimes }: GoogleSettings): GoogleDialect {
  return {
    configRequest: ([languageCode, ...alternativeLanguageCodes]) => ({
      streamingConfig: {
        config: {
          encoding: 'LINEAR16',
          sampleRateHertz: SAMPLE_RATE_HZ,
          audioChannelCount: 1,
          languageCode,
          alternativeLanguageCodes,
          model,
          enableWordTimeOffsets: hasWordTimes,
          enableWordConfidence: hasWordTimes,
          enableAutomaticPunctuation: true,
        },
        interimResults: true,
        enableVoiceActivityEvents: true,
      },
    }),
    audioRequest: (audioContent) => ({ audioContent }),
  };
}

interface WireDuration {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

interface WireWord {
  readonly word?: string;
  readonly startOffset?: WireDuration | null;
  readonly endOffset?: WireDuration | null;
  readonly startTime?: WireDuration | null;
  readonly endTime?: WireDuration | null;
  readonly confidence?: number;
}

interface WireResult {
  readonly alternatives?: readonly {
    readonly transcript?: string;
    readonly confidence?: number;
    readonly words?: readonly WireWord[];
  }[];
  readonly isFinal?: boolean;
  readonly resultEndOffset?: WireDuration | null;
  readonly resultEndTime?: WireDuration | null;
  readonly languageCode?: string;
}

interface WireResponse {
  readonly results?: readonly WireResult[];
  readonly error?: { readonly code?: number; readonly message?: string } | null;
}

/** Reads a response of either version; they differ in a few names only. */
export function readResponse(response: unknown): GoogleResponse {
  const { results, error } = response as WireResponse;
  return {
    results: (results ?? []).map(readResult),
    error: error?.code ? { code: error.code, message: error.message ?? '' } : null,
  };
}

function readResult(result: WireResult): GoogleResult {
  const [best] = result.alternatives ?? [];
  return {
    text: best?.transcript ?? '',
    isFinal: result.isFinal === true,
    endSample: toSample(result.resultEndOffset ?? result.resultEndTime),
    confidence: toConfidence(best?.confidence),
    words: (best?.words ?? []).map(readWord).filter(({ word }) => word !== ''),
    language: result.languageCode ? fromGoogleCode(result.languageCode) : null,
  };
}

function readWord(word: WireWord): RecognizedSpan {
  return {
    word: (word.word ?? '').trim(),
    startSample: toSample(word.startOffset ?? word.startTime),
    endSample: toSample(word.endOffset ?? word.endTime),
    confidence: toConfidence(word.confidence),
  };
}

function toConfidence(confidence: number | undefined): number | null {
  if (confidence === undefined || confidence <= 0) return null;
  // It comes as a 32-bit float: 0.9 would be 0.8999999761581421.
  return Math.min(1, Number(confidence.toPrecision(FLOAT32_DIGITS)));
}

function toSample(duration: WireDuration | null | undefined): number {
  const seconds = Number(duration?.seconds ?? 0) + (duration?.nanos ?? 0) / NANOS_PER_SECOND;
  return Math.round(seconds * SAMPLE_RATE_HZ);
}
