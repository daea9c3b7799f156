import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A staging folder older than this belongs to a process that was killed; `npm run setup` has the same rule for the same folder. */
const STALE_AFTER_MS = 3_600_000;

/** Runs work with a folder of its own beside the models, on the same disk, and removes it whatever happens. */
export async function inStaging<T>(cacheDir: string, name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const staging = join(cacheDir, 'staging');
  await mkdir(staging, { recursive: true });
  await sweep(staging);
  const folder = await mkdtemp(join(staging, `${name}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Puts a finished folder in place by one rename, so that a reader sees either nothing or all of it. What was there before, damaged or brought by
 * a process that was quicker, goes to `trash` first.
 */
export async function moveIntoPlace(finished: string, folder: string, trash: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  for (let tries = 0; ; tries += 1) {
    try {
      return await rename(finished, folder);
    } catch (error) {
      const isTaken = ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isTaken || tries >= MOST_RIVALS) throw error;
      // Gone already: a rival moved it, and the next rename will show.
      await rename(folder, join(trash, `old-${tries}`)).catch(() => undefined);
    }
  }
}

/** Processes that install the same model in the same moment. */
const MOST_RIVALS = 20;

async function sweep(staging: string): Promise<void> {
  for (const name of await readdir(staging)) {
    const path = join(staging, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
