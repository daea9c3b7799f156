import { offlineConfig, onlineConfig } from './engine-config.ts';
import { openModelFolder, type LocalModel } from './open-model.ts';
import { trialLoad } from './trial-load.ts';

/**
 * Looks at a model folder and, where it has no manifest yet, has the engine load it once in a process of its own.
 *
 * @throws RecognizerError that says what is missing or damaged, or the engine's reason to refuse it.
 */
export async function examineModel(folder: string): Promise<LocalModel> {
  const model = await openModelFolder(folder);
  await tryModel(model, { folder, threads: 1 });
  return model;
}

/** The trial alone, for a folder that was looked at. */
export function tryModel(model: LocalModel, { folder, threads }: { folder: string; threads: number }): Promise<void> {
  const tried = { folder, shownPath: folder };
  return model.kind === 'streaming-transducer'
    ? trialLoad({ what: 'OnlineRecognizer', config: onlineConfig(model, threads) }, tried)
    : trialLoad({ what: 'OfflineRecognizer', config: offlineConfig(model, threads) }, tried);
}
