import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { unbzip2 } from './unbzip2.ts';

/**
 * Decompresses a file: by the system's `bzip2` where it is there (20 MB a second and more), else by a program of our own language (4 MB a
 * second: some minutes for a large model).
 */
export async function* readBzip2(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (await hasBzip2()) yield* readByCommand(path, signal);
  else yield* unbzip2(createReadStream(path));
}

async function hasBzip2(): Promise<boolean> {
  const child = spawn('bzip2', ['--help'], { stdio: 'ignore' });
  return once(child, 'close').then(
    ([code]) => code === 0,
    () => false,
  );
}

async function* readByCommand(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const child = spawn('bzip2', ['--decompress', '--stdout', path], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close') as Promise<[number | null]>;
  // Whoever reads may stop early; what the killed command then says is of no interest.
  closed.catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code] = await closed;
    if (code !== 0) throw new Error(said.trim().split('\n')[0] ?? `bzip2 ended with code ${code}`);
  } finally {
    child.kill();
  }
}
