import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnvironment } from './config.ts';
import { watchOver } from './watchdog.ts';

export interface StartProcessOptions {
  /** What to call it in error messages. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** On top of this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Whether a line of stdout or stderr says that the process is ready. */
  readonly isReady: (line: string) => boolean;
  /** How long it may take to get ready. Units: milliseconds. Default 15000. */
  readonly readyWithinMs?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartedProcess {
  readonly pid: number;
  /** Every line of stdout and stderr so far; grows. */
  readonly lines: readonly string[];
  /** Resolves when the process has ended and all its output is in {@link lines}; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end and waits; after 10 s it is killed, which shows as `signal: 'SIGKILL'`. */
  stop(signal?: NodeJS.Signals): Promise<ProcessExit>;
  /** SIGKILL: no clean-up of its own. */
  kill(): Promise<ProcessExit>;
  /** SIGSTOP: it stands still with all its sockets open until {@link resume}. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

const READY_WITHIN_MS = 15_000;

/** Longer than any clean shutdown in the house takes, shorter than a test's patience. */
const STOP_WITHIN_MS = 10_000;

/**
 * Starts a real child process and resolves when it says that it is ready. It dies with this process, however that ends.
 * @throws Error with the collected output when it exits first, cannot be started, or is not ready in time.
 */
export async function startProcess(options: StartProcessOptions): Promise<StartedProcess> {
  const { name, command, args = [], env = {}, cwd, isReady, readyWithinMs = READY_WITHIN_MS } = options;
  const child = spawn(command, [...args], {
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const pid = await startedPid(name, child);
  const unwatch = watchOver(pid);
  const lines: string[] = [];
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', unwatch);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const started: StartedProcess = {
    pid,
    lines,
    exited,
    stop: (signal = 'SIGTERM') => stop(child, exited, signal),
    kill: () => stop(child, exited, 'SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
  await untilReady(child, { name, lines, isReady, readyWithinMs, started });
  return started;
}

function startedPid(name: string, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', (cause) => reject(new Error(`${name} could not be started: ${cause.message}`, { cause })));
  });
}

async function stop(child: ChildProcess, exited: Promise<ProcessExit>, signal: NodeJS.Signals): Promise<ProcessExit> {
  if (child.exitCode !== null || child.signalCode !== null) return exited;
  child.kill(signal);
  // One that stands still would not see any signal but SIGKILL.
  child.kill('SIGCONT');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  try {
    return await exited;
  } finally {
    clearTimeout(impatience);
  }
}

interface Readiness {
  readonly name: string;
  readonly lines: string[];
  readonly isReady: (line: string) => boolean;
  readonly readyWithinMs: number;
  readonly started: StartedProcess;
}

function untilReady(child: ChildProcess, readiness: Readiness): Promise<void> {
  const { name, lines, isReady, readyWithinMs, started } = readiness;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`${name} ${reason}; its output:\n${lines.join('\n')}`));
    const patience = setTimeout(() => {
      fail(`was not ready within ${readyWithinMs} ms and was killed`);
      void started.kill();
    }, readyWithinMs);
    void started.exited.then(({ code, signal }) => {
      clearTimeout(patience);
      fail(`exited before it was ready (code ${code ?? 'none'}, signal ${signal ?? 'none'})`);
    });
    const take = (line: string) => {
      lines.push(line);
      if (!isReady(line)) return;
      clearTimeout(patience);
      resolve();
    };
    for (const output of [child.stdout, child.stderr]) if (output) createInterface({ input: output }).on('line', take);
  });
}
