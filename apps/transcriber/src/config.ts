import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { backboneVariables, toBackboneSettings, type BackboneSettings } from '@verbatim/backbone';
import { configurationOrExit, LOG_LEVELS, type LogLevel } from '@verbatim/observability';
import { PROVIDERS, type ProviderName } from '@verbatim/protocol';
import { localModelFolder } from '@verbatim/recognizers';
import { z } from 'zod';
import {
  googleVariables,
  toGoogleSettings,
  toWhisperSettings,
  whisperVariables,
  type GoogleSettings,
  type WhisperSettings,
} from './provider-variables.ts';

/** Sessions per core that the local recogniser serves in real time, by measurement (0.18 CPU-seconds per second, interims thinned). */
const SESSIONS_PER_CORE = 16;

const durationMs = z.int().min(0).max(86_400_000);

/** Every variable the transcriber reads, as it is written in the environment. */
export const transcriberVariablesSchema = z.object({
  ...backboneVariables,
  STT_PROVIDERS: z
    .array(z.enum(PROVIDERS))
    .min(1)
    .default(['local'])
    .describe('Recognisers that this process offers, the preferred one first; `ledger` is for tests and benchmarks.'),
  STT_LOCAL_MODEL: z
    .string()
    .optional()
    .describe(
      'The sherpa-onnx model of provider `local`: the name of one that `verbatim models fetch` brought, or the path of a folder; without it ' +
        'moonshine-tiny-en, which `npm run setup` fetches.',
    ),
  STT_VAD_MODEL: z
    .string()
    .optional()
    .describe('Silero voice activity model (ONNX); without it silero-vad in the cache that `npm run setup` fills.'),
  STT_VOICE_ACTIVITY: z
    .enum(['speech', 'level'])
    .default('speech')
    .describe(
      'How speech is found for `google` and `whisper`; `level` is for tests with synthetic audio behind an emulator.',
    ),
  STT_PROVIDER_TIMEOUT_MS: durationMs
    .min(100)
    .default(10_000)
    .describe(
      'A recogniser that does not answer within this time has failed; for more than 10 s of audio the time grows with the audio. A session ' +
        'with fallbacks leaves one that hangs sooner, once it is known how long its answers usually take.',
    ),
  STT_HEDGE_AFTER_MS: durationMs
    .max(60_000)
    .default(0)
    .describe(
      "A final that has no answer after this time is also asked of the next recogniser of its session's chain, and the first answer counts; 0 for " +
        'never. At most one request in ten is such a second one. Only between recognisers that are asked about ranges of audio (`local`, `whisper`).',
    ),
  ...googleVariables,
  ...whisperVariables,
  STT_CAPACITY: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Sessions this process takes at the most; without it 16 for each core.'),
  STT_DECODE_CONCURRENCY: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Decodes that run side by side for each recogniser; without it what the recogniser says (local: the cores).',
    ),
  STT_TICK_MS: durationMs.min(5).max(1000).default(20).describe('Pause between two reads of audio.'),
  STT_POLL_MS: durationMs
    .min(10)
    .max(60_000)
    .default(250)
    .describe('Pause between two looks for sessions nobody owns.'),
  STT_LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged.'),
});

/** What the transcriber runs with. Every duration in milliseconds. */
export interface TranscriberConfig extends BackboneSettings {
  readonly providers: readonly ProviderName[];
  readonly localModelFolder: string;
  readonly vadModelFile: string;
  readonly voiceActivity: 'speech' | 'level';
  readonly providerTimeoutMs: number;
  /** 0: never. */
  readonly hedgeAfterMs: number;
  readonly google: GoogleSettings;
  readonly whisper: WhisperSettings;
  readonly capacity: number;
  /** `undefined`: what each recogniser says of itself. */
  readonly decodeConcurrency: number | undefined;
  readonly tickMs: number;
  readonly pollMs: number;
  readonly logLevel: LogLevel;
}

/** What the machine contributes to the defaults. */
export interface Machine {
  readonly cores: number;
  /** Folder that the model fetch fills. */
  readonly cacheFolder: string;
}

/** Gives the variables the names the code uses. */
export function toTranscriberConfig(
  variables: z.infer<typeof transcriberVariablesSchema>,
  machine: Machine,
): TranscriberConfig {
  const models = join(machine.cacheFolder, 'models');
  return {
    ...toBackboneSettings(variables),
    providers: [...new Set(variables.STT_PROVIDERS)],
    localModelFolder: localModelFolder(variables.STT_LOCAL_MODEL, models),
    vadModelFile: variables.STT_VAD_MODEL ?? join(models, 'silero-vad', 'silero_vad_v6.onnx'),
    voiceActivity: variables.STT_VOICE_ACTIVITY,
    providerTimeoutMs: variables.STT_PROVIDER_TIMEOUT_MS,
    hedgeAfterMs: variables.STT_HEDGE_AFTER_MS,
    google: toGoogleSettings(variables),
    whisper: toWhisperSettings(variables),
    capacity: variables.STT_CAPACITY ?? machine.cores * SESSIONS_PER_CORE,
    decodeConcurrency: variables.STT_DECODE_CONCURRENCY,
    tickMs: variables.STT_TICK_MS,
    pollMs: variables.STT_POLL_MS,
    logLevel: variables.STT_LOG_LEVEL,
  };
}

/** Where `npm run setup` puts the models: the same rule as in `tools/dev/models`. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const caches = nonEmpty(env['XDG_CACHE_HOME']) ?? join(nonEmpty(env['HOME']) ?? homedir(), '.cache');
  return nonEmpty(env['VERBATIM_CACHE_DIR']) ?? join(caches, 'verbatim');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Reads the environment, the only place that does; prints every problem and exits 78 when something is wrong. */
export function readConfigOrExit(): TranscriberConfig {
  const { env, argv } = process;
  const variables = configurationOrExit(transcriberVariablesSchema, { env, argv, name: 'transcriber' });
  return toTranscriberConfig(variables, { cores: availableParallelism(), cacheFolder: cacheFolder(env) });
}
