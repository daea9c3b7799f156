import { join } from 'node:path';
import type { LocalModel } from '@verbatim/recognizers/models';
import type { TextSink } from '../captions/caption-writer.ts';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import { createByteProgress, megabytes, type ProgressPlace } from './byte-progress.ts';
import { publishedChecksum } from './checksum-list.ts';
import { download, type DownloadOptions } from './download.ts';
import { fileDigest } from './file-digest.ts';
import { installModel, type ExamineModel } from './install-model.ts';
import { findDamage, readManifest } from './manifest.ts';
import type { ModelSource } from './model-source.ts';
import { claimPartialDownload, type PartialDownload } from './partial-download.ts';

/** What a fetch touches outside of itself; tests give their own. */
export interface FetchSurroundings extends Pick<DownloadOptions, 'firstPauseMs' | 'stalledAfterMs'> {
  readonly cacheDir: string;
  readonly out: TextSink;
  readonly err: ProgressPlace;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly examine: ExamineModel;
}

/** Largest archive of the release is half of this. Units: bytes. */
const MOST_ARCHIVE_BYTES = 4_000_000_000;

/** A source whose checksum is known, and who said so. */
interface CheckedSource extends ModelSource {
  readonly sha256: string;
}

/**
 * Fetches a model into the cache and checks it. One that is there, whole and as wanted is left alone. Interrupted, it goes on the next time where
 * it stopped, and nothing half-done can be taken for a model.
 * @throws CommandFailure that says what is wrong and what to do
 */
export async function fetchModel(source: ModelSource, around: FetchSurroundings): Promise<void> {
  const folder = join(around.cacheDir, 'models', source.name);
  if (await isPresent(folder, source)) {
    around.out.write(`${source.name} is there already: ${folder}\n`);
    return;
  }
  const checked = await withChecksum(source, around);
  const part = await claimPartialDownload(join(around.cacheDir, 'downloads'), source.archiveName);
  try {
    await downloadChecked(part, checked, around);
    around.err.write(`Unpacking ${source.archiveName} and having the engine load it …\n`);
    const { cacheDir, signal, examine } = around;
    const model = await installModel({ archivePath: part.path, source: checked, cacheDir, signal, examine });
    await part.discard();
    around.out.write(farewell(source, folder, model));
  } catch (failure) {
    await part.release().catch(() => undefined);
    throw asCommandFailure(failure);
  }
}

/** Read in full, since it costs a second and a download costs minutes. */
async function isPresent(folder: string, { sha256 }: ModelSource): Promise<boolean> {
  const manifest = await readManifest(folder);
  if (manifest?.archive === undefined) return false;
  const isWanted = sha256 === undefined || manifest.archive.sha256 === sha256;
  return isWanted && (await findDamage(folder, manifest)) === undefined;
}

/** The user's word, or the catalogue's; else what the publisher says at the same place, which is said. */
async function withChecksum(source: ModelSource, { err, signal }: FetchSurroundings): Promise<CheckedSource> {
  if (source.sha256 !== undefined) return { ...source, sha256: source.sha256 };
  const { archiveUrl, archiveName } = source;
  const sha256 = await publishedChecksum(archiveUrl, archiveName, signal);
  const list = new URL('checksum.txt', archiveUrl).href;
  if (sha256 === undefined) {
    throw new CommandFailure(
      `Nobody says what the checksum of ${archiveName} is: it is not in the catalogue, and ${list} is not there or does not name it. Is the name right (verbatim models list)? If you know the checksum, give it as --sha256.`,
      EXIT_CODES.noSuchFile,
    );
  }
  err.write(
    `${archiveName} is not in the catalogue: it is checked against ${list}, which shows what broke on the way but not who made it.\n`,
  );
  return { ...source, sha256 };
}

/** Bytes that were resumed and turn out wrong are fetched once more from the start; bytes that came in one piece are not. */
async function downloadChecked(part: PartialDownload, source: CheckedSource, around: FetchSurroundings): Promise<void> {
  for (;;) {
    const resumedFrom = await part.bytes();
    const from = resumedFrom > 0 ? `, going on after ${megabytes(resumedFrom)}` : '';
    around.err.write(`Fetching ${source.archiveUrl}${from} …\n`);
    await downloadOnce(part, source, around);
    const found = await fileDigest(part.path);
    if (found === source.sha256) return;
    await part.restart(undefined);
    if (resumedFrom > 0) continue;
    throw new CommandFailure(
      `${source.archiveName} has the wrong checksum: ${found} instead of ${source.sha256}. Nothing was installed.`,
      EXIT_CODES.badModel,
    );
  }
}

async function downloadOnce(part: PartialDownload, source: CheckedSource, around: FetchSurroundings): Promise<void> {
  const progress = createByteProgress(around.err, around.now);
  const { signal, firstPauseMs, stalledAfterMs } = around;
  try {
    await download(part, {
      ...{ url: source.archiveUrl, signal, mostBytes: source.bytes ?? MOST_ARCHIVE_BYTES },
      onProgress: (bytes, totalBytes) => progress.show(bytes, totalBytes ?? source.bytes),
      ...(firstPauseMs === undefined ? {} : { firstPauseMs }),
      ...(stalledAfterMs === undefined ? {} : { stalledAfterMs }),
    });
  } finally {
    progress.clear();
  }
}

function farewell({ name }: ModelSource, folder: string, { languages }: LocalModel): string {
  const spoken = languages.includes('*') ? 'any language' : languages.join(', ');
  return `${name} is in ${folder} (${spoken}).\nTo use it, set STT_LOCAL_MODEL=${name} and start the transcriber again.\n`;
}

function asCommandFailure(failure: unknown): unknown {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EACCES' && code !== 'EROFS' && code !== 'EDQUOT') return failure;
  return new CommandFailure(`The model cannot be stored: ${(failure as Error).message}.`, EXIT_CODES.cannotWrite);
}
