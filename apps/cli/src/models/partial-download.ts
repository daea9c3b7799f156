import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** What has arrived of an archive, kept on disk so that the next try goes on from there. It has one owner. */
export interface PartialDownload {
  /** The file that grows. */
  readonly path: string;
  bytes(): Promise<number>;
  /** `ETag` or `Last-Modified` of what has arrived, for `If-Range`; without it nothing can be resumed. */
  validator(): Promise<string | undefined>;
  /** Throws away what has arrived and begins with another version. */
  restart(validator: string | undefined): Promise<void>;
  /** Leaves it for whoever tries next. */
  release(): Promise<void>;
  discard(): Promise<void>;
}

/** A download writes every few seconds or gives up: one that was not written to for this long has lost its owner. Units: milliseconds. */
const ABANDONED_AFTER_MS = 120_000;
/** Nobody comes back to these. Units: milliseconds. */
const STALE_AFTER_MS = 7 * 86_400_000;

/**
 * Takes over what an earlier, interrupted try has left of an archive, the longest of several, or begins anew. Each try is a folder whose
 * name says whose it is; a folder is taken over by renaming it, so that of two processes only one gets it.
 */
export async function claimPartialDownload(downloads: string, archiveName: string): Promise<PartialDownload> {
  await mkdir(downloads, { recursive: true });
  const own = join(downloads, `${archiveName}~${ownerMark()}~${randomUUID()}`);
  const left = await abandonedDownloads(downloads, archiveName);
  for (const { path } of left) {
    const isMine = await rename(path, own).then(
      () => true,
      () => false,
    );
    if (isMine) {
      // From now on it looks as alive as it is.
      await utimes(join(own, 'data'), new Date(), new Date()).catch(() => undefined);
      return partialDownload(own, join(downloads, `${archiveName}~free~${randomUUID()}`));
    }
  }
  await mkdir(own);
  return partialDownload(own, join(downloads, `${archiveName}~free~${randomUUID()}`));
}

function partialDownload(folder: string, freeFolder: string): PartialDownload {
  const path = join(folder, 'data');
  const validatorPath = join(folder, 'validator');
  return {
    path,
    bytes: () => sizeOf(path),
    validator: async () => (await readFile(validatorPath, 'utf8').catch(() => '')) || undefined,
    async restart(validator) {
      // Before the new validator: bytes of one version must never stand under the name of another.
      await truncate(path, 0).catch(() => undefined);
      await writeFile(validatorPath, validator ?? '');
    },
    release: () => rename(folder, freeFolder),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

interface LeftDownload {
  readonly path: string;
  readonly bytes: number;
}

/** What nobody is writing to, longest first; what is too old is removed on the way. */
async function abandonedDownloads(downloads: string, archiveName: string): Promise<readonly LeftDownload[]> {
  const left: LeftDownload[] = [];
  for (const folder of await readdir(downloads)) {
    const [archive, owner = ''] = folder.split('~');
    const path = join(downloads, folder);
    const ageMs = Date.now() - (await touchedAtMs(path));
    if (ageMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
    else if (archive === archiveName && isAbandoned(owner, ageMs))
      left.push({ path, bytes: await sizeOf(join(path, 'data')) });
  }
  return left.sort((a, b) => b.bytes - a.bytes);
}

function isAbandoned(owner: string, ageMs: number): boolean {
  if (owner === 'free' || ageMs > ABANDONED_AFTER_MS) return true;
  const [host, pid] = owner.split('-');
  return host === hostMark() && !isAlive(Number(pid));
}

function ownerMark(): string {
  return `${hostMark()}-${process.pid}`;
}

/** Process ids mean something on their own machine only; two containers may share a cache. */
function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function touchedAtMs(folder: string): Promise<number> {
  const found = (await stat(join(folder, 'data')).catch(() => null)) ?? (await stat(folder).catch(() => null));
  return found?.mtimeMs ?? Date.now();
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
