import type { Command } from 'commander';
import { dirname, join } from 'node:path';
import { examineModel } from '@verbatim/recognizers/models';
import type { CliConfig } from '../config.ts';
import type { StopWish } from '../streaming/stop-wish.ts';
import type { ProgressPlace } from './byte-progress.ts';
import { findInCatalogue, VOICE_ACTIVITY_MODEL } from './catalogue.ts';
import { fetchEmbeddedModels } from './embedded-models.ts';
import { fetchModel } from './fetch-model.ts';
import { listModels } from './list-models.ts';
import { modelSource } from './model-source.ts';
import { removeModel } from './remove-model.ts';

/** What these commands touch outside of themselves. */
export interface ModelsSurroundings {
  readonly config: CliConfig;
  readonly out: ProgressPlace;
  readonly err: ProgressPlace;
  readonly now: () => number;
  readonly stop: StopWish;
}

interface FetchOptions {
  readonly from?: string;
  readonly sha256?: string;
}

const EXAMPLES = `
  verbatim models list --language fr
  verbatim models fetch streaming-zipformer-fr-kroko-2025-08-06
  STT_LOCAL_MODEL=streaming-zipformer-fr-kroko-2025-08-06 npm start`;

/** Adds `verbatim models list|fetch|remove` to the program. */
export function addModelsCommand(program: Command, around: ModelsSurroundings): void {
  const { config, out } = around;
  const foldersInUse = [config.models.modelFolder, dirname(config.models.vadFile)];
  const models = program
    .command('models')
    .description('List, fetch and remove speech models (sherpa-onnx) for other languages.')
    .addHelpText('after', EXAMPLES);
  models
    .command('list', { isDefault: true })
    .description('Show what is here and what is known: languages, kind, size, licence.')
    .option('-l, --language <tag>', 'only those that serve a language, for example fr')
    .option('--json', 'print one JSON array')
    .action(({ language, json = false }: { readonly language?: string; readonly json?: boolean }) =>
      listModels({ language, asJson: json }, { cacheModels: join(config.cacheDir, 'models'), foldersInUse, out }),
    );
  models
    .command('fetch')
    .description('Fetch a model into the cache, check it and try it; run again after a stop, it goes on.')
    .argument(
      '<name|url>',
      'a name of the list, any other archive of the same release, or the URL of a .tar.bz2 or .tar.gz',
    )
    .option('--from <url>', `where the release is mirrored (env VERBATIM_MODELS_URL; default ${config.modelsUrl})`)
    .option('--sha256 <digest>', 'checksum of the archive, for one that is not in the catalogue')
    .action((wanted: string, options: FetchOptions) => fetchWanted(wanted, options, around));
  models
    .command('remove')
    .description('Remove a model from the cache.')
    .argument('<name>', 'a name of the list')
    .option('--force', 'also the one that is in use')
    .action((wanted: string, { force = false }: { readonly force?: boolean }) =>
      removeModel({ wanted, isForced: force }, { cacheDir: config.cacheDir, foldersInUse, out }),
    );
}

function fetchWanted(wanted: string, { from, sha256 }: FetchOptions, around: ModelsSurroundings): Promise<void> {
  const { config, out, err, now, stop } = around;
  const { cacheDir } = config;
  const isEmbedded = wanted === VOICE_ACTIVITY_MODEL || findInCatalogue(wanted)?.origin === 'embedded';
  if (isEmbedded) return fetchEmbeddedModels({ cacheDir, err, signal: stop.finish });
  const source = modelSource({ wanted, baseUrl: from ?? config.modelsUrl, sha256 });
  return fetchModel(source, { cacheDir, out, err, now, signal: stop.finish, examine: examineModel });
}
