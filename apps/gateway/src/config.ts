import { backboneVariables, toBackboneSettings, type BackboneSettings } from '@verbatim/backbone';
import { configurationOrExit, LOG_LEVELS, type LogLevel } from '@verbatim/observability';
import { z } from 'zod';
import { noChains, readProviderChains, type ProviderChains } from './fleet/provider-chains.ts';

const durationMs = z.int().min(0).max(86_400_000);

/** Every variable the gateway reads, as it is written in the environment. */
export const gatewayVariablesSchema = z.object({
  ...backboneVariables,
  PORT: z.int().min(0).max(65_535).default(8080).describe('Port of HTTP and WebSocket; 0 takes a free one.'),
  HOST: z
    .string()
    .default('0.0.0.0')
    .describe('Address to listen on. All interfaces, as a container needs; 127.0.0.1 keeps it to this machine.'),
  STT_MAX_CONNECTIONS: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(5000)
    .describe('WebSocket connections of this process; further ones are told when to come back (4100).'),
  STT_MAX_OBSERVERS: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1000)
    .describe('Event streams of observers of this process; further ones are told when to come back (503). 0 for none.'),
  STT_MAX_UPLOAD_BYTES: z
    .int()
    .min(1024)
    .max(1_073_741_824)
    .default(26_214_400)
    .describe('Largest audio of one upload to /stt/stream-chunk; beyond it the answer is 413.'),
  STT_MAX_UPLOAD_SECONDS: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('Longest audio that one upload may come to once it is decoded; beyond it the answer is 413.'),
  STT_DECODER_WORKERS: z
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe(
      'Threads that decode packed audio (files, Opus); started when first needed. As many as cores that may be spent on it.',
    ),
  STT_FFMPEG: z
    .string()
    .default('ffmpeg')
    .describe(
      'Program that decodes MP4 and AAC uploads: a name in the usual folders or a full path. Empty, or not there: such uploads are refused.',
    ),
  STT_IDLE_TIMEOUT_MS: durationMs
    .min(1000)
    .default(300_000)
    .describe('A connection without audio and keepalive for so long is closed (4106); its session can be resumed.'),
  STT_DRAIN_DELAY_MS: durationMs
    .default(0)
    .describe(
      'On SIGTERM /readyz is 503 at once and everything is served on for so long: time for a load balancer to notice. 0 where ' +
        'something else waits before the signal, such as a preStop hook.',
    ),
  STT_DRAIN_MS: durationMs
    .default(2000)
    .describe('On SIGTERM, after the delay, the connections are closed spread over this time.'),
  STT_PROVIDER_CHAINS: z
    .string()
    .superRefine((text, context) => {
      const read = readProviderChains(text);
      if (!read.ok) for (const message of read.problems) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe(
      'Which recognisers a session uses, the preferred one first, and goes on with when one fails: google,local for every language, and after a ' +
        'semicolon others for one, as in google,local;fr=google,whisper. Without it as the transcribers offer them.',
    ),
  STT_LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged.'),
});

/** What the gateway runs with. Every duration in milliseconds. */
export interface GatewayConfig extends BackboneSettings {
  readonly port: number;
  readonly host: string;
  readonly maxConnections: number;
  readonly maxObservers: number;
  readonly maxUploadBytes: number;
  readonly maxUploadSeconds: number;
  readonly idleTimeoutMs: number;
  readonly decoderWorkers: number;
  /** Empty: never used. */
  readonly ffmpeg: string;
  readonly drainDelayMs: number;
  readonly drainMs: number;
  readonly providerChains: ProviderChains;
  readonly logLevel: LogLevel;
}

/** Gives the variables the names the code uses. */
export function toGatewayConfig(variables: z.infer<typeof gatewayVariablesSchema>): GatewayConfig {
  return {
    ...toBackboneSettings(variables),
    port: variables.PORT,
    host: variables.HOST,
    maxConnections: variables.STT_MAX_CONNECTIONS,
    maxObservers: variables.STT_MAX_OBSERVERS,
    maxUploadBytes: variables.STT_MAX_UPLOAD_BYTES,
    maxUploadSeconds: variables.STT_MAX_UPLOAD_SECONDS,
    idleTimeoutMs: variables.STT_IDLE_TIMEOUT_MS,
    decoderWorkers: variables.STT_DECODER_WORKERS,
    ffmpeg: variables.STT_FFMPEG,
    drainDelayMs: variables.STT_DRAIN_DELAY_MS,
    drainMs: variables.STT_DRAIN_MS,
    providerChains: chainsOf(variables.STT_PROVIDER_CHAINS),
    logLevel: variables.STT_LOG_LEVEL,
  };
}

/** The schema has refused what cannot be read. */
function chainsOf(text: string | undefined): ProviderChains {
  const read = readProviderChains(text ?? '');
  return read.ok ? read.chains : noChains;
}

/** Reads the environment, the only place that does; prints every problem and exits 78 when something is wrong. */
export function readConfigOrExit(): GatewayConfig {
  const { env, argv } = process;
  return toGatewayConfig(configurationOrExit(gatewayVariablesSchema, { env, argv, name: 'gateway' }));
}
