import { invalidArgument, type ApiVersion, type CallStatus } from './google-status.ts';
import type { HeardResult } from './listener.ts';

/** What the first request of a call asks for, in either version. */
export interface CallConfig {
  readonly languages: readonly string[];
  readonly model: string;
  readonly wantsInterims: boolean;
  readonly wantsWords: boolean;
}

interface V2Request {
  readonly recognizer?: string;
  readonly audio?: Buffer;
  readonly streamingConfig?: {
    readonly config?: {
      readonly explicitDecodingConfig?: Encoding;
      readonly languageCodes?: readonly string[];
      readonly model?: string;
      readonly features?: { readonly enableWordTimeOffsets?: boolean };
    };
    readonly streamingFeatures?: { readonly interimResults?: boolean };
  } | null;
}

interface V1Request {
  readonly audioContent?: Buffer;
  readonly streamingConfig?: {
    readonly interimResults?: boolean;
    readonly config?: Encoding & {
      readonly languageCode?: string;
      readonly alternativeLanguageCodes?: readonly string[];
      readonly model?: string;
      readonly enableWordTimeOffsets?: boolean;
    };
  } | null;
}

interface Encoding {
  readonly encoding?: string;
  readonly sampleRateHertz?: number;
  readonly audioChannelCount?: number;
}

export type WireRequest = V1Request & V2Request;

const SAMPLE_RATE_HZ = 16_000;
const NANOS_PER_SECOND = 1e9;
/** Google's limits. */
const MOST_LANGUAGES = 4;
const RECOGNIZER_NAME = /^projects\/[^/]+\/locations\/[^/]+\/recognizers\/(_|[a-z][a-z0-9-]*)$/;

/** The audio of a request, or null for one that brings a config. */
export function audioOf(request: WireRequest, version: ApiVersion): Buffer | null {
  if (request.streamingConfig) return null;
  return (version === 'v2' ? request.audio : request.audioContent) ?? Buffer.alloc(0);
}

/** Reads the first request, or says why Google would refuse it. */
export function readConfig(request: WireRequest, version: ApiVersion): CallConfig | CallStatus {
  const found = version === 'v2' ? readV2(request) : readV1(request);
  if ('code' in found) return found;
  if (found.languages.length === 0 || found.languages.includes('')) {
    return invalidArgument("Invalid recognition 'config': language code is missing.");
  }
  if (found.languages.length > MOST_LANGUAGES) return invalidArgument('Too many language codes.');
  return found;
}

function readV2({ recognizer, streamingConfig }: WireRequest): CallConfig | CallStatus {
  if (!RECOGNIZER_NAME.test(recognizer ?? ''))
    return invalidArgument('Invalid resource field value in the recognizer.');
  const { config, streamingFeatures } = streamingConfig ?? {};
  const refused = refusedEncoding(config?.explicitDecodingConfig);
  if (refused) return refused;
  return {
    languages: config?.languageCodes ?? [],
    model: config?.model ?? '',
    wantsInterims: streamingFeatures?.interimResults === true,
    wantsWords: config?.features?.enableWordTimeOffsets === true,
  };
}

function readV1({ streamingConfig }: WireRequest): CallConfig | CallStatus {
  const { config, interimResults } = streamingConfig ?? {};
  const refused = refusedEncoding(config);
  if (refused) return refused;
  return {
    languages: [config?.languageCode ?? '', ...(config?.alternativeLanguageCodes ?? [])],
    model: config?.model ?? '',
    wantsInterims: interimResults === true,
    wantsWords: config?.enableWordTimeOffsets === true,
  };
}

function refusedEncoding(encoding: Encoding | undefined): CallStatus | null {
  const isTaken = encoding?.encoding === 'LINEAR16' && encoding.sampleRateHertz === SAMPLE_RATE_HZ;
  return isTaken
    ? null
    : invalidArgument('This emulator decodes LINEAR16 at 16000 Hz only: see its config in the README.');
}

/** A response with one result. */
export function toResponse(heard: HeardResult, version: ApiVersion, { wantsWords }: CallConfig): object {
  const names = version === 'v2' ? (['startOffset', 'endOffset'] as const) : (['startTime', 'endTime'] as const);
  const words = wantsWords
    ? heard.words.map(({ word, startSample, endSample, confidence }) => ({
        word,
        [names[0]]: toDuration(startSample),
        [names[1]]: toDuration(endSample),
        confidence: confidence ?? heard.confidence,
      }))
    : [];
  return {
    results: [
      {
        alternatives: [{ transcript: heard.text, confidence: heard.confidence, words }],
        isFinal: heard.isFinal,
        stability: heard.isFinal ? 0 : 0.9,
        [version === 'v2' ? 'resultEndOffset' : 'resultEndTime']: toDuration(heard.endSample),
        // Google answers in lower case.
        languageCode: heard.language.toLowerCase(),
      },
    ],
  };
}

function toDuration(sample: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(sample / SAMPLE_RATE_HZ);
  return { seconds, nanos: Math.round(((sample % SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ) * NANOS_PER_SECOND) };
}
