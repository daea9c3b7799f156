import { RecognizerError } from '../recognizer.ts';

/** How to reach Google's Speech-to-Text and what to ask it for. */
export interface GoogleOptions {
  /** Default `v2`. */
  readonly api?: 'v2' | 'v1';
  /** The project that pays; v2 needs it. Default: the one that the credentials belong to. */
  readonly project?: string;
  /** Where Google decodes: `global` (default), `eu`, `us`, or a region such as `europe-west4`; each but `global` has an endpoint of its own. */
  readonly location?: string;
  /** Default `long` (v2) and `latest_long` (v1). */
  readonly model?: string;
  /** `host:port` instead of Google's, or `http://host:port` for an emulator: plain, without credentials. */
  readonly endpoint?: string;
  /** BCP-47 base languages to offer. Default: any; Google refuses what its model does not know. */
  readonly languages?: readonly string[];
  /** What `auto` chooses from, at most four (Google's limit). Default: en, fr, es, de; the chirp models need no list. */
  readonly autoLanguages?: readonly string[];
  /** False for a model that gives no word times, which then may not be asked for. Default: true, except for `chirp_3`. */
  readonly hasWordTimes?: boolean;
  /** Age at which a stream is replaced, in wall-clock time and in audio. Units: milliseconds. Default 285,000; Google ends it at 300,000. */
  readonly rotateAfterMs?: number;
  /** A stream that gets no audio is put down after this; Google ends it after 10,000. Units: milliseconds. Default 5,000. */
  readonly idleAfterMs?: number;
  /** Longest wait for an answer while audio flows or after its end. Units: milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Longest wait for a connection. Units: milliseconds. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Pieces and ends of utterances under way at once. Default 128: each waits for Google and costs no core here. */
  readonly concurrency?: number;
  /** Default `speech`; `level` for ledger audio behind an emulator. */
  readonly voiceActivity?: 'speech' | 'level';
}

/** The options with every default in its place. */
export interface GoogleSettings {
  readonly api: 'v2' | 'v1';
  readonly project: string | undefined;
  readonly location: string;
  readonly model: string;
  readonly endpoint: GoogleEndpoint | undefined;
  readonly languages: readonly string[];
  readonly autoLanguages: readonly string[];
  readonly hasWordTimes: boolean;
  readonly rotateAfterMs: number;
  readonly idleAfterMs: number;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly concurrency: number;
  readonly voiceActivity: 'speech' | 'level';
}

export interface GoogleEndpoint {
  readonly host: string;
  readonly port: number;
  /** Neither TLS nor credentials. */
  readonly isPlain: boolean;
}

const TLS_PORT = 443;
/** 5 minutes are allowed; the rest is for a final to come and for the new stream to open. Units: milliseconds. */
const DEFAULT_ROTATE_AFTER_MS = 285_000;
/** Half of what Google bears. Units: milliseconds. */
const DEFAULT_IDLE_AFTER_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 3_000;
const DEFAULT_CONCURRENCY = 128;
const DEFAULT_AUTO_LANGUAGES = ['en-US', 'fr-FR', 'es-ES', 'de-DE'];
/** More candidates Google refuses. */
const MOST_AUTO_LANGUAGES = 4;

/** @throws RecognizerError (`misconfigured`) that names the option. */
export function toSettings(options: GoogleOptions): GoogleSettings {
  const { api = 'v2', project, location = 'global' } = options;
  const model = options.model ?? (api === 'v2' ? 'long' : 'latest_long');
  const isAutoNative = api === 'v2' && model.startsWith('chirp');
  const autoLanguages = options.autoLanguages ?? (isAutoNative ? ['auto'] : DEFAULT_AUTO_LANGUAGES);
  if (autoLanguages.length === 0 || autoLanguages.length > MOST_AUTO_LANGUAGES) {
    throw misconfigured(`Google chooses among one to ${MOST_AUTO_LANGUAGES} languages, not ${autoLanguages.length}.`);
  }
  return {
    api,
    project,
    location,
    model,
    endpoint: endpointOf(options.endpoint, location),
    languages: options.languages ?? ['*'],
    autoLanguages,
    hasWordTimes: options.hasWordTimes ?? !model.startsWith('chirp_3'),
    ...timesOf(options),
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    voiceActivity: options.voiceActivity ?? 'speech',
  };
}

function timesOf(
  options: GoogleOptions,
): Pick<GoogleSettings, 'rotateAfterMs' | 'idleAfterMs' | 'timeoutMs' | 'connectTimeoutMs'> {
  return {
    rotateAfterMs: options.rotateAfterMs ?? DEFAULT_ROTATE_AFTER_MS,
    idleAfterMs: options.idleAfterMs ?? DEFAULT_IDLE_AFTER_MS,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
  };
}

function endpointOf(given: string | undefined, location: string): GoogleEndpoint | undefined {
  if (given === undefined) {
    if (location === 'global') return undefined;
    return { host: `${location}-speech.googleapis.com`, port: TLS_PORT, isPlain: false };
  }
  const isPlain = given.startsWith('http://');
  const address = isPlain ? given : `https://${given}`;
  if (!URL.canParse(address)) throw misconfigured(`"${given}" is no endpoint: write host:port, or http://host:port.`);
  const url = new URL(address);
  const port = url.port === '' ? (isPlain ? 80 : TLS_PORT) : Number(url.port);
  return { host: url.hostname, port, isPlain };
}

export function misconfigured(message: string, cause?: unknown): RecognizerError {
  return new RecognizerError(message, { failure: 'misconfigured', cause });
}
