import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.fixture.ts';
import { sourcesDigest } from '../setup/build.mjs';

function checkout(): { root: string; write: (path: string, text: string) => void } {
  const root = temporaryFolder();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), 1, 1);
  };
  for (const path of ['package-lock.json', 'tsconfig.base.json', 'nx.json', 'tools/dev/build/bundle.mjs'])
    write(path, '{}');
  write('libs/a/src/index.ts', 'export {}');
  return { root, write };
}

describe('sourcesDigest', () => {
  it('changes with a source file and with the lock', () => {
    const { root, write } = checkout();
    const before = sourcesDigest(root);
    expect(sourcesDigest(root)).toBe(before);
    write('libs/a/src/index.ts', 'export const a = 1;');
    const after = sourcesDigest(root);
    expect(after).not.toBe(before);
    write('package-lock.json', '{"a":1}');
    expect(sourcesDigest(root)).not.toBe(after);
  });

  it('changes when a file is rewritten at the same size', () => {
    const { root } = checkout();
    const before = sourcesDigest(root);
    utimesSync(join(root, 'libs/a/src/index.ts'), 2, 2);
    expect(sourcesDigest(root)).not.toBe(before);
  });

  it('does not care for tests, built files and documents', () => {
    const { root, write } = checkout();
    const before = sourcesDigest(root);
    for (const path of ['src/index.spec.ts', 'test/a.ts', 'dist/main.js', 'test-results.json', 'README.md'])
      write(`libs/a/${path}`, '1');
    expect(sourcesDigest(root)).toBe(before);
  });
});
