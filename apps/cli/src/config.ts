import { homedir } from 'node:os';
import { join } from 'node:path';
import { localModelFolder } from '@verbatim/recognizers/models';
import type { ModelPlaces } from './doctor/check-models.ts';
import { PUBLISHED_AT } from './models/catalogue.ts';

const DEFAULT_PORT = '8080';

/** What `verbatim` takes from the environment; options on the command line outrank it. */
export interface CliConfig {
  /** VERBATIM_URL, else the gateway that `npm start` runs: PORT on loopback. */
  readonly gatewayUrl: string;
  readonly isUrlNamed: boolean;
  /** REDIS_URL, for `doctor`. */
  readonly redisUrl: string | undefined;
  /** STT_LOCAL_MODEL and STT_VAD_MODEL, else where set-up puts them, for `doctor`. */
  readonly models: ModelPlaces;
  /** Where models and what else was fetched are kept: VERBATIM_CACHE_DIR, else the user's own cache. */
  readonly cacheDir: string;
  /** VERBATIM_MODELS_URL: where speech models are fetched from. */
  readonly modelsUrl: string;
  /** COLUMNS, where the output is no terminal but is shown on one. */
  readonly columns: number | undefined;
  /** NO_COLOR and FORCE_COLOR; undefined leaves it to the terminal. */
  readonly isColoured: boolean | undefined;
}

/** The only reader of the environment in this app. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): CliConfig {
  const value = (name: string) => environment[name] || undefined;
  const caches = value('XDG_CACHE_HOME') ?? join(value('HOME') ?? homedir(), '.cache');
  const cacheDir = value('VERBATIM_CACHE_DIR') ?? join(caches, 'verbatim');
  const models = join(cacheDir, 'models');
  const columns = Number(value('COLUMNS'));
  return {
    gatewayUrl: value('VERBATIM_URL') ?? `ws://127.0.0.1:${value('PORT') ?? DEFAULT_PORT}`,
    isUrlNamed: value('VERBATIM_URL') !== undefined,
    redisUrl: value('REDIS_URL'),
    models: {
      modelFolder: localModelFolder(value('STT_LOCAL_MODEL'), models),
      isOwnModel: value('STT_LOCAL_MODEL') !== undefined,
      cacheModels: models,
      vadFile: value('STT_VAD_MODEL') ?? join(models, 'silero-vad', 'silero_vad_v6.onnx'),
    },
    cacheDir,
    modelsUrl: value('VERBATIM_MODELS_URL') ?? PUBLISHED_AT,
    columns: Number.isInteger(columns) && columns > 0 ? columns : undefined,
    isColoured: value('NO_COLOR') !== undefined ? false : value('FORCE_COLOR') !== undefined ? true : undefined,
  };
}
