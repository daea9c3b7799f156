import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { version } from './version.ts';

it('says the version of package.json', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(version).toBe(manifest.version);
});
