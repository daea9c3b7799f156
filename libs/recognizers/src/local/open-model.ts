import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkModelFile, modelError } from './model-check.ts';
import { EXPECTED_FILES, findModelFiles, modelKindOf, type ModelKind } from './model-layout.ts';
import { languagesOf } from './model-languages.ts';

/** A model folder that was found, checked and understood, ready to be loaded. */
export interface LocalModel {
  readonly kind: ModelKind;
  /** The folder's own name, for logs. */
  readonly name: string;
  /** Paths by role. */
  readonly paths: Readonly<Record<string, string>>;
  /** BCP-47 base languages, or `*`. */
  readonly languages: readonly string[];
}

/** How many of a folder's files an error lists. */
const LISTED_FILES = 12;

/**
 * Looks at a model folder without loading it.
 *
 * @throws RecognizerError that names the folder, what was found there and what is expected, or the file that is missing or damaged.
 */
export async function openModelFolder(folder: string): Promise<LocalModel> {
  const found = await readdir(folder).catch((cause: unknown) => {
    throw modelError(`The model folder ${folder} cannot be read`, cause);
  });
  const files = findModelFiles(found);
  if (files === null) throw modelError(unknownFolder(folder, found));
  const name = basename(resolve(folder));
  const paths = Object.fromEntries(Object.entries(files.names).map(([role, file]) => [role, join(folder, file)]));
  const metadata = await checkAll(paths);
  const kind = modelKindOf({ files, folderName: name, metadata });
  if (kind === null) {
    throw modelError(
      `The model ${paths['model']} is of an unknown type (${metadata.get('model_type') ?? 'it names none'}): SenseVoice and NeMo CTC are supported`,
    );
  }
  return { kind, name, paths, languages: languagesOf(kind, name, found) };
}

/** Checks every file and answers the metadata that tells the kind. */
async function checkAll(paths: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  let telling: ReadonlyMap<string, string> = new Map();
  for (const [role, path] of Object.entries(paths)) {
    const metadata = await checkModelFile(path);
    if (role === 'encoder' || role === 'model') telling = metadata;
  }
  return telling;
}

function unknownFolder(folder: string, found: readonly string[]): string {
  const listed = found.slice(0, LISTED_FILES).join(', ') + (found.length > LISTED_FILES ? ', …' : '');
  const what = found.length === 0 ? 'is empty' : `holds ${listed}, which is no complete model`;
  return `The model folder ${folder} ${what}. Expected is one of: ${EXPECTED_FILES}`;
}
