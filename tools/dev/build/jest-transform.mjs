import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';

const LOADERS = { ts: 'ts', lua: 'text' };

/** Jest transform: the same esbuild that bundles the apps, so tests run what ships. */
export default {
  process(source, path) {
    const loader = LOADERS[path.split('.').at(-1)];
    const { code, map } = transformSync(source, {
      loader,
      format: 'esm',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'external',
    });
    return { code, map };
  },
  getCacheKey(source, path) {
    return createHash('sha256').update(path).update('\0').update(source).digest('hex');
  },
};
