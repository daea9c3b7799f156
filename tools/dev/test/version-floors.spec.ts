import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../places.mjs';

/** Below these a known defect costs our promise. A registry's audit cannot be relied on everywhere, so the floors are a test. */
const FLOORS = [
  { name: 'ws', floor: '8.21.0', because: 'CVE-2026-48779: a message of tiny fragments exhausts memory' },
  {
    name: 'bullmq',
    floor: '6.3.3',
    because: 'taskforcesh/bullmq#4585, fixed by #4586: a worker is silent for ever after a Redis outage',
  },
] as const;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;

/** Every copy that the lock has, nested ones as well. */
function lockedVersions(name: string): string[] {
  const copies = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  return copies.flatMap(([, { version }]) => (version === undefined ? [] : [version]));
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Of plain `1.2.3`; a pre-release of the floor itself is below it. */
function isAtLeast(version: string, floor: string): boolean {
  const [own, wanted] = [version, floor].map((text) => text.split(/[.+-]/).map(Number)) as [number[], number[]];
  const firstOther = [0, 1, 2].find((place) => own[place] !== wanted[place]);
  return firstOther === undefined ? !version.includes('-') : (own[firstOther] ?? 0) > (wanted[firstOther] ?? 0);
}

describe('the versions of what we depend on', () => {
  it.each(FLOORS)('have $name at $floor or later ($because)', ({ name, floor }) => {
    const versions = [installedVersion(name), ...lockedVersions(name)];
    expect(versions.length).toBeGreaterThan(1);
    expect(versions.filter((version) => !isAtLeast(version, floor))).toEqual([]);
  });

  it('are compared as numbers', () => {
    const below = ['8.20.9', '8.9.0', '7.99.99', '8.21.0-beta.1'];
    expect(below.filter((version) => isAtLeast(version, '8.21.0'))).toEqual([]);
    expect(['8.21.0', '8.100.0', '10.0.0'].every((version) => isAtLeast(version, '8.21.0'))).toBe(true);
  });
});
