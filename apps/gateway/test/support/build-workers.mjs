import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLER = fileURLToPath(new URL('../../../../tools/dev/build/bundle.mjs', import.meta.url));

/** A worker thread cannot run TypeScript: before any test, what is started as one is bundled. */
export default async function buildWorkers() {
  const args = [
    ...['src/decoding/decoder-worker.ts', 'dist/decoder-worker.js'],
    ...['test/support/hostile-decoder-worker.ts', 'dist/test/hostile-decoder-worker.js'],
  ];
  await promisify(execFile)(process.execPath, [BUNDLER, ...args], { cwd: FOLDER });
}
