import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevFailure, EXIT } from '../failure.mjs';

const POLL_MS = 200;
/** A lock file without a pid is being written this very moment, or its writer died: after this it counts as dead. */
const UNREADABLE_POLLS = 10;

/**
 * Holds the set-up of one checkout for one process at a time: two `npm ci` in one folder destroy each other. A lock whose
 * owner is dead is taken over.
 * @template T
 * @param {{ root: string, signal?: AbortSignal, onWait: (pid: number) => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(options, work) {
  const file = lockFile(options.root);
  let unreadablePolls = 0;
  while (!tryCreate(file)) {
    if (options.signal?.aborted) throw new DevFailure('Interrupted; run it again to go on.', EXIT.interrupted);
    const owner = readOwner(file);
    unreadablePolls = owner === undefined ? unreadablePolls + 1 : 0;
    const isDead = owner === undefined ? unreadablePolls > UNREADABLE_POLLS : !isAlive(owner);
    if (isDead) rmSync(file, { force: true });
    else {
      if (owner !== undefined) options.onWait(owner);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** Outside the checkout, because `npm ci` empties node_modules and nothing else in it is ours to write. */
export function lockFile(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(tmpdir(), `verbatim-setup-${name}.lock`);
}

function tryCreate(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
