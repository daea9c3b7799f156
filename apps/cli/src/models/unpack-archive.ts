import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import { decideEntry } from './archive-entry.ts';
import { readBzip2 } from './bzip2.ts';

export interface UnpackOptions {
  readonly archivePath: string;
  /** As it was published: the ending tells how it is packed. */
  readonly archiveName: string;
  /** Empty; the files come directly into it. */
  readonly folder: string;
  /** Of all files together. Units: bytes. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

/** One file of an archive as it is read. */
type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/** A model has a dozen files and some recordings. */
const MOST_ENTRIES = 10_000;

/**
 * Unpacks the files of a model from an archive that may be hostile: nothing is written outside of the folder, no link is made, and no more is
 * written than the bound. What it has written when it throws is the caller's to remove.
 * @throws CommandFailure that says what is wrong with the archive
 */
export async function unpackArchive(options: UnpackOptions): Promise<void> {
  const tar = extract();
  const feeding = pipeline(contentOf(options), tar, { signal: options.signal });
  // It fails as well when the reading below does, which is the one that is told.
  feeding.catch(() => undefined);
  try {
    await writeEntries(tar, options);
    await feeding;
  } catch (failure) {
    options.signal.throwIfAborted();
    if (failure instanceof CommandFailure || isDiskFailure(failure)) throw failure;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw notAModel(options, `it cannot be unpacked: ${reason}`);
  }
}

function contentOf({ archivePath, archiveName, signal }: UnpackOptions): AsyncIterable<Buffer> {
  if (!/\.(tar\.gz|tgz)$/.test(archiveName)) return readBzip2(archivePath, signal);
  const gunzip = createGunzip();
  // A failure of the file ends the reading of what comes out.
  createReadStream(archivePath)
    .on('error', (error) => gunzip.destroy(error))
    .pipe(gunzip);
  return gunzip;
}

async function writeEntries(tar: AsyncIterable<Entry>, options: UnpackOptions): Promise<void> {
  let entries = 0;
  let roomBytes = options.mostBytes;
  for await (const entry of tar) {
    entries += 1;
    if (entries > MOST_ENTRIES) throw notAModel(options, `it has more than ${MOST_ENTRIES} entries`);
    // What is left out is read as well, and a bomb is a bomb wherever it lies.
    roomBytes -= entry.header.size;
    if (roomBytes < 0) throw notAModel(options, `it unpacks to more than ${options.mostBytes} bytes`);
    const decision = decideEntry(entry.header);
    if (decision.kind === 'refuse') throw notAModel(options, decision.reason);
    if (decision.kind === 'keep') await writeEntry(entry, decision.fileName, options);
    else entry.resume();
  }
}

async function writeEntry(entry: Entry, fileName: string, options: UnpackOptions): Promise<void> {
  try {
    // `wx`: two files of one name are not one model's.
    await pipeline(entry, createWriteStream(join(options.folder, fileName), { flags: 'wx' }));
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure;
    throw notAModel(options, `it has ${JSON.stringify(fileName)} twice`);
  }
}

function isDiskFailure(failure: unknown): boolean {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  return code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'EDQUOT';
}

function notAModel({ archiveName }: UnpackOptions, reason: string): CommandFailure {
  return new CommandFailure(`${archiveName} is no archive of a model: ${reason}.`, EXIT_CODES.badModel);
}
