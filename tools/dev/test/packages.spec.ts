import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.fixture.ts';
import { installFailure, missingPackages } from '../setup/packages.mjs';

type Packages = Record<string, { version?: string; integrity?: string; optional?: boolean; link?: boolean }>;

const locked: Packages = {
  '': {},
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};

function checkout(installed: Packages | undefined): string {
  const root = temporaryFolder();
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
  if (installed === undefined) return root;
  for (const path of Object.keys(installed)) mkdirSync(join(root, path), { recursive: true });
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  return root;
}

const { a, b } = { a: locked['node_modules/a']!, b: locked['node_modules/b']! };

describe('missingPackages', () => {
  it('finds everything missing in a bare clone', () => {
    expect(missingPackages(checkout(undefined))).toHaveLength(3);
  });

  it('is content with what the lock says, optional packages of other platforms aside', () => {
    expect(missingPackages(checkout({ 'node_modules/a': a, 'node_modules/b': b }))).toEqual([]);
  });

  it('finds a package of another version or content', () => {
    const older = { ...b, version: '1.9.0' };
    expect(missingPackages(checkout({ 'node_modules/a': a, 'node_modules/b': older }))).toEqual(['node_modules/b']);
    const forged = { ...a, integrity: 'sha512-x' };
    expect(missingPackages(checkout({ 'node_modules/a': forged, 'node_modules/b': b }))).toEqual(['node_modules/a']);
  });

  it('finds a package whose folder was deleted', () => {
    const root = checkout({ 'node_modules/a': a, 'node_modules/b': b });
    rmSync(join(root, 'node_modules/a'), { recursive: true });
    expect(missingPackages(root)).toEqual(['node_modules/a']);
  });
});

describe('installFailure', () => {
  it.each([
    ['npm error code ENOTFOUND', 69, 'Connect to the network'],
    ['npm error code ENOSPC', 73, 'disk'],
    ['npm error code EACCES', 73, 'writable'],
    ['npm error notarget No matching version found for x@9', 69, 'No matching version'],
  ])('makes one sentence out of %j', (line, exitCode, sentence) => {
    expect(installFailure([line])).toMatchObject({ exitCode, message: expect.stringContaining(sentence) });
  });
});
