import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openModelFolder } from '@verbatim/recognizers/models';
import { VOICE_ACTIVITY_MODEL, type ModelUse } from './catalogue.ts';
import { readManifest } from './manifest.ts';

/** A model folder in the cache. */
export interface InstalledModel {
  readonly name: string;
  readonly folder: string;
  /** BCP-47 base languages, or `*`; empty for a model that hears no words. */
  readonly languages: readonly string[];
  readonly use: ModelUse | undefined;
  /** Of its files on this disk. */
  readonly bytes: number;
  readonly licence: string | undefined;
  /** Why it cannot be used. */
  readonly problem: string | undefined;
}

/** What lies in the folder of the models, by name; looks at the files without loading them. */
export async function installedModels(modelsFolder: string): Promise<readonly InstalledModel[]> {
  const names = await readdir(modelsFolder).catch(() => []);
  const found: InstalledModel[] = [];
  for (const name of names.sort()) {
    const folder = join(modelsFolder, name);
    if ((await stat(folder)).isDirectory()) found.push(await look(name, folder));
  }
  return found;
}

async function look(name: string, folder: string): Promise<InstalledModel> {
  const manifest = await readManifest(folder);
  const common = { name, folder, bytes: await folderBytes(folder), licence: manifest?.licence };
  if (name === VOICE_ACTIVITY_MODEL) return { ...common, languages: [], use: undefined, problem: undefined };
  try {
    const { kind, languages } = await openModelFolder(folder);
    const use = kind === 'streaming-transducer' ? 'streaming' : 'windowed';
    return { ...common, languages, use, problem: undefined };
  } catch (failure) {
    const [problem = ''] = (failure as Error).message.split(/\. (?=Run )/);
    return { ...common, languages: [], use: undefined, problem };
  }
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
