import { spawn } from 'node:child_process';
import { DevFailure, EXIT } from './failure.mjs';

/** Output kept for the message of a failure. Units: lines. */
const KEPT_LINES = 400;

/**
 * Runs a command to its end with its output collected.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number, stdout: string, lines: string[] }>} `lines`: stdout and stderr as they came
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(interruption());
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const onAbort = () => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', onAbort);
    const lines = [];
    const stdout = [];
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => {
        if (stream === child.stdout) stdout.push(line);
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        options.onLine?.(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', onAbort);
      if (options.signal?.aborted || signal === 'SIGINT') reject(interruption());
      else resolve({ code: code ?? EXIT.childFailed, stdout: stdout.join('\n'), lines });
    });
  });
}

/**
 * Runs a command on this terminal and resolves with its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} options
 * @returns {Promise<number>}
 */
export function runOnTerminal(command, args, { cwd, env, signal }) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(interruption());
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const onAbort = () => child.kill('SIGTERM');
    signal.addEventListener('abort', onAbort);
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      if (signal.aborted) reject(interruption());
      else resolve(code ?? EXIT.childFailed);
    });
  });
}

/**
 * Calls back for every complete line of a stream, and for the rest at its end.
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} onLine
 */
export function eachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function interruption() {
  return new DevFailure('Interrupted; run it again to go on.', EXIT.interrupted);
}
