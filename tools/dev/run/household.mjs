import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eachLine } from '../command.mjs';

/** A child that has not ended this long after SIGTERM is killed. The gateway drains for less. Units: milliseconds. */
const GRACE_MS = 10_000;
const KEEPER = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

/**
 * Owns every process and folder of one run. `close` stops them in the reverse order of their start; should this process be
 * killed before it can, a keeper does the same (keeper.mjs).
 */
export function openHousehold() {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-'));
  const keeper = spawn(process.execPath, [KEEPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const keeperGone = new Promise((resolve) => keeper.once('exit', resolve));
  keeper.stdin.on('error', () => {});
  const note = (text) => keeper.stdin.write(`${text}\n`);
  note(`dir ${folder}`);
  const children = [];
  let isClosing = false;
  return {
    /** For run-time files; removed at the end. */
    folder,
    get isClosing() {
      return isClosing;
    },
    /** @param {Parameters<typeof startChild>[0]} options */
    start(options) {
      const child = startChild(options);
      note(`+${child.pid}`);
      void child.exited.then(() => note(`-${child.pid}`));
      children.push(child);
      return child;
    },
    async close() {
      isClosing = true;
      for (const child of children.toReversed()) await child.stop(GRACE_MS);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      keeper.stdin.end();
      await keeperGone;
    },
    /** No more waiting: a second Ctrl-C. */
    kill() {
      for (const child of children) child.kill();
    },
  };
}

/**
 * Starts one child in a process group of its own, so that Ctrl-C on the terminal reaches only its owner, who knows the
 * order in which things must stop.
 * @param {object} options
 * @param {string} options.command
 * @param {readonly string[]} options.args
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} [options.input] written to its stdin, which is then closed
 * @param {(line: string) => void} [options.onLine] each line of stdout and stderr
 * @param {(chunk: string, from: 'stdout' | 'stderr') => void} [options.onChunk] raw output instead of lines
 */
function startChild({ command, args, env, input, onLine, onChunk }) {
  const child = spawn(command, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  if (onChunk) {
    child.stdout.setEncoding('utf8').on('data', (chunk) => onChunk(chunk, 'stdout'));
    child.stderr.setEncoding('utf8').on('data', (chunk) => onChunk(chunk, 'stderr'));
  } else {
    eachLine(child.stdout, (line) => onLine?.(line));
    eachLine(child.stderr, (line) => onLine?.(line));
  }
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    pid: child.pid,
    exited,
    kill: () => isRunning() && child.kill('SIGKILL'),
    /** @param {number} graceMs */
    async stop(graceMs) {
      if (isRunning()) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
