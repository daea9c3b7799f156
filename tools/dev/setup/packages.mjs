import { readdirSync, lstatSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { DevFailure, EXIT } from '../failure.mjs';
import { megabytes } from '../progress.mjs';

/** What node_modules and npm's cache of it take, with room to spare. Units: bytes. */
const NEEDED_BYTES = 700_000_000;

/**
 * Given on the command line because it outranks whatever the user's npm configuration or NODE_ENV says: with any of these
 * otherwise, the install would be another one than the lock describes.
 */
const OUR_CONFIG = [
  '--include=dev',
  '--include=optional',
  '--include=peer',
  '--ignore-scripts',
  '--install-strategy=hoisted',
  '--package-lock=true',
  '--global=false',
  '--dry-run=false',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  // `npm start --silent` would hide the reason of a failure from us.
  '--loglevel=error',
];

const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i;

/**
 * Installs the packages of package-lock.json unless node_modules already holds exactly those.
 * @param {{ root: string, signal?: AbortSignal, env: NodeJS.ProcessEnv }} place
 * @param {(activity: string) => void} say
 */
export async function installPackages(place, say) {
  const before = missingPackages(place.root);
  if (before.length === 0) return { summary: 'already installed', value: undefined };
  refuseFullDisk(place.root);
  say(`npm ci: ${before.length} of ${lockedPackages(place.root).length} packages are missing`);
  const npm = npmCommand(place.env);
  const run = (...args) =>
    runCommand(npm.command, [...npm.args, ...args], { cwd: place.root, env: place.env, signal: place.signal });
  // Without a network npm asks in vain for each of hundreds of packages; told so, it looks into its cache only.
  const ping = await run('ping', '--loglevel=error', '--fetch-retries=0');
  const isOffline = ping.code !== 0 && NO_NETWORK.test(ping.lines.join('\n'));
  const { code, lines } = await run('ci', ...OUR_CONFIG, ...(isOffline ? ['--offline'] : []));
  if (code !== 0) throw installFailure(lines);
  const still = missingPackages(place.root);
  if (still.length > 0) {
    throw new DevFailure(
      `npm ci ended well, but ${still.length} packages are missing (${still.slice(0, 3).join(', ')}). Check "npm config ls" for settings that leave packages out.`,
      EXIT.unavailable,
    );
  }
  const bytes = folderBytes(join(place.root, 'node_modules'));
  return { summary: `${lockedPackages(place.root).length} packages, ${megabytes(bytes)}`, value: undefined };
}

/**
 * Compares the lock with node_modules/.package-lock.json, which npm writes as the very last step of an install: an
 * interrupted install has none, one with a part left out lacks that part.
 * @param {string} root
 * @returns {string[]} packages that are locked but not installed as locked
 */
export function missingPackages(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return lockedPackages(root)
    .filter(([path, locked]) => {
      const found = installed?.[path];
      if (found === undefined) return !(locked.optional && installed !== undefined);
      return found.version !== locked.version || found.integrity !== locked.integrity || !isThere(root, path);
    })
    .map(([path]) => path);
}

function lockedPackages(root) {
  const packages = readPackages(join(root, 'package-lock.json'));
  if (packages === undefined) {
    throw new DevFailure(
      'package-lock.json is missing or not JSON. Restore it: git checkout package-lock.json',
      EXIT.configuration,
    );
  }
  return Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
}

/** @returns {Record<string, any> | undefined} */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function isThere(root, path) {
  try {
    lstatSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}

function refuseFullDisk(root) {
  const { bavail, bsize } = statfsSync(root);
  const freeBytes = bavail * bsize;
  if (freeBytes >= NEEDED_BYTES) return;
  throw new DevFailure(
    `Installing needs about ${megabytes(NEEDED_BYTES)} of disk at ${root}, and ${megabytes(freeBytes)} are free. Free some and run this again.`,
    EXIT.cannotWrite,
  );
}

/** The npm that runs us when there is one, so that its version and settings are the user's choice. */
function npmCommand(env) {
  const path = env.npm_execpath ?? '';
  return path.endsWith('npm-cli.js') ? { command: process.execPath, args: [path] } : { command: 'npm', args: [] };
}

/** @param {readonly string[]} lines npm's output */
export function installFailure(lines) {
  const errors = lines.filter((line) => /^npm (error|ERR!)/.test(line)).map((line) => line.replace(/^npm \S+ /, ''));
  const text = errors.join('\n');
  if (NO_NETWORK.test(text)) {
    return new DevFailure(
      'npm cannot reach the package registry. Connect to the network, or set npm’s registry or proxy (npm config set proxy …), and run this again.',
      EXIT.unavailable,
    );
  }
  if (/ENOSPC/.test(text)) {
    return new DevFailure('The disk became full during npm ci. Free about 1 GB and run this again.', EXIT.cannotWrite);
  }
  if (/EACCES|EPERM|EROFS/.test(text)) {
    return new DevFailure(
      'npm may not write here. Make the checkout and npm’s cache (npm config get cache) writable for this user.',
      EXIT.cannotWrite,
    );
  }
  const first = errors.find((line) => !line.startsWith('code ')) ?? lines.at(-1) ?? 'no output';
  return new DevFailure(`npm ci failed: ${first}. Run "npm ci" to see all it says.`, EXIT.unavailable);
}

/** Units: bytes. */
function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return bytes + folderBytes(path);
    return entry.isFile() ? bytes + lstatSync(path).size : bytes;
  }, 0);
}
