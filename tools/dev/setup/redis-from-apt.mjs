import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { megabytes } from '../progress.mjs';

const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libssl3'];

/**
 * Unpacks Debian's Redis into the cache folder: apt with its own state beside it, `dpkg -x`, and a wrapper that sets the
 * library path. Works for any user; nothing of the system is changed.
 * @param {{ env: NodeJS.ProcessEnv, cacheDir: string, signal?: AbortSignal }} place
 * @param {(activity: string) => void} say
 * @returns {Promise<{ kind: 'ready', path: string, isNew: boolean } | { kind: 'unavailable', reason: string }>}
 */
export async function fetchRedisFromApt(place, say) {
  const home = join(place.cacheDir, 'redis');
  const wrapper = join(home, 'redis-server');
  if (existsSync(wrapper)) return { kind: 'ready', path: wrapper, isNew: false };
  if (!(await canRun('apt-get', place)) || !(await canRun('dpkg', place))) {
    return { kind: 'unavailable', reason: 'none is on the PATH, and this system has no apt to fetch one with' };
  }
  mkdirSync(place.cacheDir, { recursive: true });
  const staging = mkdtempSync(join(place.cacheDir, 'redis-staging-'));
  try {
    const failed = await downloadAndUnpack(staging, place, say);
    if (failed !== undefined) return { kind: 'unavailable', reason: failed };
    writeWrapper(staging);
    moveIntoPlace(staging, home);
    return { kind: 'ready', path: wrapper, isNew: true };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @returns {Promise<string | undefined>} what went wrong */
async function downloadAndUnpack(staging, place, say) {
  const apt = join(staging, 'apt');
  const debs = join(staging, 'debs');
  for (const dir of [join(apt, 'lists', 'partial'), join(apt, 'archives', 'partial'), debs]) {
    mkdirSync(dir, { recursive: true });
  }
  const options = privateAptOptions(apt);
  say('none on the PATH: apt-get update, in private');
  const updated = await runCommand('apt-get', [...options, 'update'], { signal: place.signal });
  if (updated.code !== 0) return `apt cannot read its package lists (${lastError(updated.lines)})`;
  const names = await packagesToFetch(options, place);
  say(`apt-get download ${names.length} packages`);
  const downloaded = await runCommand('apt-get', [...options, 'download', ...names], {
    cwd: debs,
    signal: place.signal,
  });
  if (downloaded.code !== 0) return `apt cannot download redis-server (${lastError(downloaded.lines)})`;
  const files = readdirSync(debs);
  say(`unpacking ${megabytes(files.reduce((bytes, file) => bytes + statSync(join(debs, file)).size, 0))}`);
  for (const file of files) {
    const unpacked = await runCommand('dpkg', ['-x', join(debs, file), join(staging, 'tree')], {
      signal: place.signal,
    });
    if (unpacked.code !== 0) return `dpkg cannot unpack ${file} (${lastError(unpacked.lines)})`;
  }
  rmSync(apt, { recursive: true, force: true });
  rmSync(debs, { recursive: true, force: true });
  return undefined;
}

/** Lists, caches and locks in our folder; the sources, keys and the record of installed packages stay the system's. */
function privateAptOptions(apt) {
  return [
    `Dir::State::Lists=${join(apt, 'lists')}`,
    `Dir::Cache=${apt}`,
    `Dir::Cache::Archives=${join(apt, 'archives')}`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'APT::Update::Error-Mode=any',
  ].flatMap((option) => ['-o', option]);
}

/** What Redis needs and this system lacks, by apt's own reckoning, and the core of it in any case; names vary by release. */
async function packagesToFetch(options, place) {
  const simulated = await runCommand(
    'apt-get',
    [...options, '--no-install-recommends', '--simulate', 'install', 'redis-server'],
    { signal: place.signal },
  );
  const lacking = simulated.lines.flatMap((line) => /^Inst (\S+)/.exec(line)?.[1] ?? []);
  if (lacking.length > 0) return [...new Set([...lacking, 'redis-server', 'redis-tools'])];
  return PACKAGES;
}

/** `exec`, so that the process that was started is Redis itself and signals reach it. */
function writeWrapper(staging) {
  const libraryFolders = ['usr/lib', 'lib']
    .flatMap((lib) => folders(join(staging, 'tree', lib)).map((folder) => `$here/tree/${lib}/${folder}`))
    .join(':');
  const script = [
    '#!/bin/sh',
    'here=$(dirname "$0")',
    `LD_LIBRARY_PATH="${libraryFolders}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    'export LD_LIBRARY_PATH',
    'exec "$here/tree/usr/bin/redis-server" "$@"',
    '',
  ].join('\n');
  writeFileSync(join(staging, 'redis-server'), script, { mode: 0o755 });
}

/** The multiarch folders, such as `x86_64-linux-gnu`. */
function folders(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name.includes('-linux-') ? [entry.name] : [],
  );
}

function moveIntoPlace(staging, home) {
  rmSync(home, { recursive: true, force: true });
  renameSync(staging, home);
}

async function canRun(command, place) {
  const run = await runCommand(command, ['--version'], { signal: place.signal }).catch(() => undefined);
  return run?.code === 0;
}

/** apt's last line is a summary; where a download failed, its reason stands before it. */
function lastError(lines) {
  const fetch = lines.find((line) => /^[EW]: Failed to fetch/.test(line));
  const text = fetch ?? lines.findLast((line) => /^[EW]:/.test(line)) ?? lines.at(-1) ?? 'no message';
  return text.replace(/^\w+: ?/, '').slice(0, 200);
}
