import type { TextSink } from '../captions/caption-writer.ts';
import { megabytes } from './byte-progress.ts';
import { CATALOGUE, serves, type ModelUse } from './catalogue.ts';
import { installedModels, type InstalledModel } from './installed-models.ts';

/** One line of the list: a model that is here, known, or both. */
export interface ListedModel {
  readonly name: string;
  /** BCP-47 base languages, or `*`. */
  readonly languages: readonly string[];
  readonly use: ModelUse | undefined;
  /** On this disk where it is installed, else of its archive. */
  readonly bytes: number;
  readonly licence: string | undefined;
  readonly isInstalled: boolean;
  readonly isInUse: boolean;
  readonly problem: string | undefined;
}

export interface ListRequest {
  /** Only those that serve it. */
  readonly language: string | undefined;
  readonly asJson: boolean;
}

/** More languages than this are counted. */
const MOST_LANGUAGES_SHOWN = 6;
const HEAD = ['', 'NAME', 'LANGUAGES', 'KIND', 'SIZE', 'LICENCE', ''];
const ADVICE = `
verbatim models fetch NAME gets one; STT_LOCAL_MODEL=NAME has the transcriber use it.
streaming: forms text while it is fed; windowed: decodes again and again what was said so far.
`;

/** Prints the models that are here and those that are known, and which are in use. */
export async function listModels(
  { language, asJson }: ListRequest,
  { cacheModels, foldersInUse, out }: ModelsHere & { readonly out: TextSink },
): Promise<void> {
  const all = mergeWithCatalogue(await installedModels(cacheModels), foldersInUse);
  const models = language === undefined ? all : all.filter(({ languages }) => serves(languages, language));
  if (asJson) out.write(`${JSON.stringify(models)}\n`);
  else if (models.length === 0) out.write(`No model here or in the catalogue serves ${String(language)}.\n`);
  else out.write(`${toTable([HEAD, ...models.map(toCells)])}${ADVICE}`);
}

/** Where models are, and which of them this environment uses. */
export interface ModelsHere {
  readonly cacheModels: string;
  readonly foldersInUse: readonly string[];
}

/** The installed ones first. Pure. */
export function mergeWithCatalogue(
  installed: readonly InstalledModel[],
  foldersInUse: readonly string[],
): readonly ListedModel[] {
  const here = installed.map(({ folder, ...model }) => ({
    ...model,
    isInstalled: true,
    isInUse: foldersInUse.includes(folder),
  }));
  const names = new Set(installed.map(({ name }) => name));
  const others = CATALOGUE.filter(({ name }) => !names.has(name)).map(({ name, languages, use, bytes, licence }) => ({
    ...{ name, languages, use, bytes, licence },
    ...{ isInstalled: false, isInUse: false, problem: undefined },
  }));
  return [...here, ...others];
}

function toCells(model: ListedModel): readonly string[] {
  const state = model.problem ?? (model.isInUse ? 'in use' : '');
  const mark = model.problem !== undefined ? '✗' : model.isInstalled ? '✓' : ' ';
  const kind = model.use ?? (model.problem === undefined ? 'voice activity' : '–');
  return [mark, model.name, languageCell(model), kind, megabytes(model.bytes), model.licence ?? '?', state];
}

function languageCell({ languages }: ListedModel): string {
  if (languages.includes('*')) return 'any';
  if (languages.length === 0) return '–';
  const shown = languages.slice(0, MOST_LANGUAGES_SHOWN).join(' ');
  return languages.length > MOST_LANGUAGES_SHOWN ? `${languages.length}: ${shown} …` : shown;
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
