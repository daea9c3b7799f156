import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { redisServerCommand } from '../config.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { watchOver } from '../watchdog.ts';

/** A Redis of one's own on 127.0.0.1: own port, own folder, gone with the test. */
export interface PrivateRedis {
  /** `redis://127.0.0.1:<port>`; stays the same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Process id; another one after a restart. */
  readonly pid: number;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
  /** SIGKILL; the folder stays for {@link restart}. */
  kill(): Promise<void>;
  /** Starts it again, killing it first if it runs: same port, same data if `appendOnly`. */
  restart(): Promise<void>;
  /** SIGSTOP: it stands still with all its connections open until {@link resume}. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** What kind of server: a Redis, or a Sentinel, which has a configuration file that it writes to. */
export interface ServerPlan {
  /** Command line for a folder of its own, behind the configuration file and the port; may put files there. */
  readonly prepare: (folder: string) => Promise<{ readonly args: readonly string[]; readonly configFile?: string }>;
  /** A question whose answer names the folder: a stranger's server on the same port would answer PING as well. */
  readonly question: string;
}

/** A loaded machine needs a while; more than this is a Redis that does not work. */
const READY_WITHIN_MS = 10_000;

/** One question to a Redis on the same machine. */
const PING_TIMEOUT_MS = 1000;

/** Between looking for a free port and binding it another process may take it. */
const PORT_TRIES = 5;

/**
 * Starts a server and waits until it answers.
 * @throws Error that says what to install when there is no Redis server, or with its output when it does not start.
 */
export async function startServer({ prepare, question }: ServerPlan): Promise<PrivateRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-redis-'));
  try {
    const { args, configFile } = await prepare(folder);
    const launchAt = (port: number) =>
      launch({
        port,
        args: [...(configFile === undefined ? [] : [configFile]), '--port', String(port), ...args],
        folder,
        question,
      });
    const { port, server } = await launchOnFreePort(launchAt);
    return keep({ port, server, relaunch: () => launchAt(port), folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface RunningRedis {
  readonly pid: number;
  kill(): Promise<void>;
}

interface Kept {
  readonly port: number;
  readonly server: RunningRedis;
  readonly relaunch: () => Promise<RunningRedis>;
  readonly folder: string;
}

function keep({ port, server, relaunch, folder }: Kept): PrivateRedis {
  let running = server;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid;
    },
    async stop() {
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => running.kill(),
    async restart() {
      await running.kill();
      running = await relaunch();
    },
    pause: () => void process.kill(running.pid, 'SIGSTOP'),
    resume: () => void process.kill(running.pid, 'SIGCONT'),
  };
}

async function launchOnFreePort(launchAt: (port: number) => Promise<RunningRedis>) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, server: await launchAt(port) };
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || attempt === PORT_TRIES) throw error;
    }
  }
}

interface Launch {
  readonly port: number;
  readonly args: readonly string[];
  readonly folder: string;
  readonly question: string;
}

async function launch({ port, args, folder, question }: Launch): Promise<RunningRedis> {
  const child = spawn(redisServerCommand(), [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = await startedPid(child);
  const unwatch = watchOver(pid, folder);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', unwatch);
    child.once('close', () => resolve());
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  try {
    const ready = () => (hasExited(child) ? undefined : ping(port, question, basename(folder)));
    await eventually(ready, { timeoutMs: READY_WITHIN_MS, everyMs: 10 });
    if (hasExited(child)) throw new Error('Redis exited');
  } catch (error) {
    await kill();
    const reason = (error as Error).message;
    throw new Error(`${reason}; redis-server did not start, its output:\n${output.join('')}`, { cause: error });
  }
  return { pid, kill };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function startedPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', (cause) => {
      const hint = 'install Redis 7 or later (Debian: apt-get install redis-server), or set VERBATIM_REDIS_SERVER';
      reject(new Error(`No redis-server could be started (${cause.message}): ${hint}.`, { cause }));
    });
  });
}

/**
 * Asks once, without a client library, whether our Redis is there: a stranger's on the same port would answer PING as well, so it
 * has to know our folder.
 * @throws Error until both answers are right, for instance while the data are loaded.
 */
function ping(port: number, question: string, folderName: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`PING\r\n${question}\r\n`));
    socket.setTimeout(PING_TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`On port ${port} Redis answered ${JSON.stringify(answer)}`)));
    socket.on('data', (data) => {
      answer += data.toString();
      if (answer.startsWith('+PONG') && answer.includes(folderName)) resolve();
      if (!answer.startsWith('+') || answer.includes(folderName)) socket.destroy();
    });
  });
}
