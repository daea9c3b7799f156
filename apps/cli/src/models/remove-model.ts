import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextSink } from '../captions/caption-writer.ts';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import { megabytes } from './byte-progress.ts';
import { withoutPrefix } from './catalogue.ts';
import { installedModels } from './installed-models.ts';
import { assertModelName } from './model-source.ts';
import { inStaging } from './staging.ts';

export interface RemoveRequest {
  readonly wanted: string;
  /** Also one that is in use. */
  readonly isForced: boolean;
}

export interface RemoveSurroundings {
  readonly cacheDir: string;
  readonly foldersInUse: readonly string[];
  readonly out: TextSink;
}

/**
 * Removes a model from the cache, all of it at once: a reader sees it whole or not at all. A process that has it loaded goes on.
 * @throws CommandFailure when it is not there, or in use
 */
export async function removeModel({ wanted, isForced }: RemoveRequest, around: RemoveSurroundings): Promise<void> {
  const models = join(around.cacheDir, 'models');
  const name = assertModelName(wanted);
  const found = await findFolder(models, [name, withoutPrefix(name)]);
  if (found === undefined) {
    const here = (await installedModels(models)).map((model) => model.name).join(', ') || 'none';
    throw new CommandFailure(`There is no model ${name} in ${models}; there are: ${here}.`, EXIT_CODES.noSuchFile);
  }
  if (around.foldersInUse.includes(found) && !isForced) {
    throw new CommandFailure(
      `${name} is in use here: without it no transcriber starts. Set STT_LOCAL_MODEL to another one, or say --force.`,
      EXIT_CODES.usage,
    );
  }
  const [model] = (await installedModels(models)).filter(({ folder }) => folder === found);
  await inStaging(around.cacheDir, name, (staging) => rename(found, join(staging, 'removed')));
  around.out.write(`Removed ${name} (${megabytes(model?.bytes ?? 0)}).\n`);
}

async function findFolder(models: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const folder = join(models, name);
    if ((await stat(folder).catch(() => null))?.isDirectory()) return folder;
  }
  return undefined;
}
