import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Every installed file carries this time, the one npm gives to files in a tarball. A file that was written to since has
 * another one and is read in full; so no record of "last checked" is needed, and two processes install identical folders.
 */
const INSTALLED_AT = new Date('1985-10-26T08:15:00Z');

/** Hex digest of a file. */
export async function digestOf(path, algorithm, encoding = 'hex') {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}

/** Marks a file as checked: the next check trusts its size. */
export async function markChecked(path) {
  await utimes(path, INSTALLED_AT, INSTALLED_AT);
}

/**
 * Compares an installed model with its manifest. Reads a file in full only if it was touched since it was installed, or if
 * `isThorough`. Answers null if all is well, else one sentence naming the file that is missing, truncated or changed.
 */
export async function findDamage({ folder, model, isThorough = false }) {
  const manifest = await readManifest(folder);
  if (manifest === null) return `${folder} is ${(await stat(folder).catch(() => null)) ? 'incomplete' : 'missing'}`;
  if (JSON.stringify(manifest.packages) !== JSON.stringify(pinsOf(model))) {
    return `${folder} holds another version`;
  }
  for (const { name } of model.files) {
    const expected = manifest.files.find((file) => file.name === name);
    const damage = expected ? await damageOf(join(folder, name), expected, isThorough) : 'is not in the manifest';
    if (damage) return `${join(folder, name)} ${damage}`;
  }
  return null;
}

/** What a manifest says about where its files come from. */
export function pinsOf(model) {
  return model.packages.map(({ name, version, integrity }) => ({ name, version, integrity }));
}

async function readManifest(folder) {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    return Array.isArray(manifest.files) ? manifest : null;
  } catch {
    return null;
  }
}

async function damageOf(path, expected, isThorough) {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return 'is missing';
  if (found.size < expected.bytes) return `is truncated (${found.size} of ${expected.bytes} bytes)`;
  if (found.size > expected.bytes) return `has the wrong size (${found.size} bytes instead of ${expected.bytes})`;
  if (!isThorough && found.mtimeMs === INSTALLED_AT.getTime()) return null;
  if ((await digestOf(path, 'sha256')) !== expected.sha256) return 'has the wrong checksum';
  // A read-only cache is checked in full each time, which costs a tenth of a second.
  await markChecked(path).catch(() => undefined);
  return null;
}
