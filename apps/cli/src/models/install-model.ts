import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { RecognizerError, type LocalModel } from '@verbatim/recognizers/models';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import { writeManifest } from './manifest.ts';
import type { ModelSource } from './model-source.ts';
import { inStaging, moveIntoPlace } from './staging.ts';
import { unpackArchive } from './unpack-archive.ts';

/** Looks at a model folder and has the engine load it once. @throws RecognizerError */
export type ExamineModel = (folder: string) => Promise<LocalModel>;

export interface InstallOptions {
  readonly cacheDir: string;
  /** Checked already. */
  readonly archivePath: string;
  readonly source: ModelSource & { readonly sha256: string };
  readonly signal: AbortSignal;
  readonly examine: ExamineModel;
}

/** Largest model that is worth unpacking for speech in real time. Units: bytes. */
const MOST_UNPACKED_BYTES = 8_000_000_000;

/** Weights in a variant that is not used, and recordings to try a model with. */
const DROPPED = /\.(onnx|ort|wav)$/;

/**
 * Unpacks an archive, keeps what the engine needs, has the engine load it once (so that a model in the cache is known to load), writes
 * the manifest and puts the folder in place.
 * @throws CommandFailure that says what is wrong with the archive or the model
 */
export async function installModel(options: InstallOptions): Promise<LocalModel> {
  const { cacheDir, source, signal } = options;
  return inStaging(cacheDir, source.name, async (staging) => {
    // Called as it will be: the name tells kind and languages.
    const finished = join(staging, source.name);
    await mkdir(finished);
    const { archivePath, examine } = options;
    const { archiveName, name, licence, archiveUrl, sha256 } = source;
    await unpackArchive({ archivePath, archiveName, folder: finished, mostBytes: MOST_UNPACKED_BYTES, signal });
    const model = await examine(finished).catch((failure: unknown) => {
      throw failure instanceof RecognizerError ? noUsableModel(archiveName, failure, finished) : failure;
    });
    await dropUnused(finished, model);
    const origin = { archive: { url: archiveUrl, sha256 } };
    await writeManifest(finished, { name, ...(licence === undefined ? {} : { licence }), ...origin });
    signal.throwIfAborted();
    await moveIntoPlace(finished, join(cacheDir, 'models', name), staging);
    return model;
  });
}

async function dropUnused(folder: string, model: LocalModel): Promise<void> {
  const used = new Set(Object.values(model.paths).map((path) => basename(path)));
  for (const name of await readdir(folder)) {
    if (DROPPED.test(name) && !used.has(name)) await rm(join(folder, name));
  }
}

/** The engine's own words are about a model that is in place, which this one is not. */
function noUsableModel(archiveName: string, { message, cause }: RecognizerError, folder: string): CommandFailure {
  const [problem = message] = message.replaceAll(`${folder}${sep}`, '').split(/\. (?=Run )/);
  const failure = new CommandFailure(`${archiveName} holds no model that runs here: ${problem}.`, EXIT_CODES.badModel);
  failure.cause = cause;
  return failure;
}
