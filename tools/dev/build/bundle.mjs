import { build } from 'esbuild';

/**
 * Bundles one project's entry point (argv: entry, outfile) with the workspace libraries inlined and npm packages left
 * outside. Run by each app's `build` target, from the app's folder.
 */
const [entry, outfile] = process.argv.slice(2);
await build({
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
});
