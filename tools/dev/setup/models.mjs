import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DevFailure, EXIT, toFailure } from '../failure.mjs';
import { modelFolder } from '../models/cache-folder.mjs';
import { fetchModels } from '../models/fetch-models.mjs';
import { megabytes } from '../progress.mjs';

/**
 * Makes sure that the pinned speech models are in the cache, whole.
 * @param {{ cacheDir: string, signal?: AbortSignal }} place
 * @param {(activity: string) => void} say
 * @returns {Promise<{ summary: string, value: Record<string, string> }>} the variables that tell the transcriber
 */
export async function prepareModels({ cacheDir, signal }, say) {
  const models = await fetchModels({ cacheDir, signal, log: say }).catch((thrown) => {
    if (signal?.aborted) throw new DevFailure('Interrupted; run it again to go on.', EXIT.interrupted);
    const failure = toFailure(thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown);
    throw failure instanceof DevFailure ? failure : new DevFailure(thrown.message, EXIT.unavailable);
  });
  const bytes = models.reduce((sum, { folder }) => sum + folderBytes(folder), 0);
  const isNew = models.some(({ action }) => action === 'fetched');
  return {
    summary: `${models.map(({ name }) => name).join(', ')}: ${megabytes(bytes)}${isNew ? ', fetched and checked' : ''}`,
    value: {
      STT_LOCAL_MODEL: modelFolder(cacheDir, 'moonshine-tiny-en'),
      STT_VAD_MODEL: join(modelFolder(cacheDir, 'silero-vad'), 'silero_vad_v6.onnx'),
    },
  };
}

function folderBytes(folder) {
  return readdirSync(folder).reduce((bytes, name) => bytes + statSync(join(folder, name)).size, 0);
}
