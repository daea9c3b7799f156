import { resolve } from 'node:path';
import type { AudioFormat } from '@verbatim/audio';
import { parseStreamQuery, SttError, type SessionConfig } from '@verbatim/protocol';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import type { AudioOrigin } from './audio-input.ts';
import type { StreamRequest } from './stream-command.ts';

/** The options of `verbatim stream` as commander hands them over: text where the gateway checks the range. */
export interface StreamOptions {
  readonly url?: string;
  readonly language?: string;
  readonly provider?: string;
  readonly bufferMs?: string;
  readonly overlapMs?: string;
  readonly endpointingMs?: string;
  readonly words?: boolean;
  readonly interim: boolean;
  readonly encoding?: AudioFormat['encoding'];
  readonly sampleRate?: string;
  readonly channels?: string;
  readonly fast?: boolean;
  readonly json?: boolean;
  readonly save?: string;
}

const URL_PROTOCOLS = ['ws:', 'wss:', 'http:', 'https:'];

/**
 * Checks a command line by the same schema that the gateway uses, so that a wrong value costs no connection.
 * @throws CommandFailure with exit code 2, naming option, value and what is allowed
 */
export function toStreamRequest(file: string, options: StreamOptions, defaultUrl: string): StreamRequest {
  const config = checkedConfig(options);
  const isRaw = options.encoding !== undefined || options.sampleRate !== undefined || options.channels !== undefined;
  const raw = {
    encoding: options.encoding ?? 'pcm_s16le',
    sampleRateHz: config.sample_rate,
    channels: config.channels,
  } as const;
  const origin: AudioOrigin =
    file === '-'
      ? { kind: 'standard input', raw }
      : { kind: 'file', path: resolve(file), raw: isRaw ? raw : undefined };
  return {
    origin,
    url: checkedUrl(options.url ?? defaultUrl),
    config,
    isFast: options.fast ?? false,
    asJson: options.json ?? false,
    savePath: options.save,
  };
}

/** @throws CommandFailure unless it is an address of a gateway */
export function checkedUrl(url: string): string {
  if (URL.canParse(url) && URL_PROTOCOLS.includes(new URL(url).protocol)) return url;
  throw new CommandFailure(
    `${JSON.stringify(url)} is not the address of a gateway. Write it as ws://127.0.0.1:8080 or wss://host.`,
    EXIT_CODES.usage,
  );
}

function checkedConfig(options: StreamOptions): SessionConfig {
  const given: Readonly<Record<string, string | undefined>> = {
    language: options.language,
    provider: options.provider,
    buffer_ms: options.bufferMs,
    overlap_ms: options.overlapMs,
    endpointing_ms: options.endpointingMs,
    sample_rate: options.sampleRate,
    channels: options.channels,
    encoding: options.encoding,
    words: options.words === true ? 'true' : undefined,
    interim_results: options.interim ? undefined : 'false',
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, value);
  try {
    const parsed = parseStreamQuery(query);
    if (parsed.kind === 'open') return parsed.config;
  } catch (error) {
    if (error instanceof SttError) throw new CommandFailure(inOptionWords(error), EXIT_CODES.usage);
    throw error;
  }
  throw new CommandFailure('These options cannot be read as a session.', EXIT_CODES.internal);
}

/** The gateway speaks of parameters, the command line of options. */
function inOptionWords({ message, field }: SttError): string {
  return field === undefined
    ? message
    : message.replace(`Parameter ${field}`, `Option --${field.replaceAll('_', '-')}`);
}
