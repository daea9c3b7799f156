import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Builds the process under test, from the sources as they are. */
export default function buildOnce() {
  const args = ['../../tools/dev/build/bundle.mjs', 'src/main.ts', 'dist/main.js'];
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
}
