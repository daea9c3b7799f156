import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles entry points (argv: entry, outfile, and so on in pairs) with the workspace libraries inlined and npm packages left
 * outside. Run by each app's `build` target, from the app's folder. Each file is there whole or not at all: a process may be
 * starting from the one before.
 */
for (let at = 2; at < process.argv.length; at += 2) {
  const { outputFiles } = await build({ ...optionsOf(process.argv[at], process.argv[at + 1]), write: false });
  for (const { path, contents } of outputFiles) {
    const unfinished = `${path}.${process.pid}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}

/** @returns {import('esbuild').BuildOptions} */
function optionsOf(entry, outfile) {
  return {
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    loader: { '.lua': 'text' },
    plugins: [
      {
        name: 'npm-packages-stay-outside',
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@verbatim/') ? null : { path, external: true },
          );
        },
      },
    ],
  };
}
