import { spawn } from 'node:child_process';

/** One run of a program that reads a file and writes samples. */
export interface ProgramRun {
  /** Resolves when the program has room for more; at once when it is over. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more bytes will come. */
  endInput(): void;
  /** Resolves when it is over and all its output was given out. Never rejects. */
  readonly over: Promise<RunEnd>;
  /** Ends it now, whatever it does. */
  kill(): void;
}

export interface RunEnd {
  /** `undefined` when it was killed. */
  readonly exitCode: number | undefined;
  /** The beginning of what it said. It may quote the client's file: never logged. */
  readonly complaint: string;
}

export interface ProgramCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly onOutput: (bytes: Buffer) => void;
}

/** Virtual memory of the program; ffmpeg 5.1 maps 0.3 GB of libraries before it reads a byte. Units: KiB. */
const MOST_MEMORY_KIB = 1_048_576;

/** Processor time of the program: four hours of AAC take 30 s. Units: seconds. */
const MOST_CPU_S = 60;

/** From its start to its end, whatever it waits for. Units: milliseconds. */
const MOST_RUN_MS = 120_000;

/** Enough for what tells one failure from another. Units: characters. */
const MOST_COMPLAINT = 4096;

/** The limits are the kernel's, set by the shell before it becomes the program; where one is not known (macOS has no -v) the others hold. */
const UNDER_LIMITS = 'ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; ulimit -c 0; shift 2; exec "$@"';

/** The program gets no environment of ours, which has secrets: only where programs are. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin' };

/** Starts a program with bounds on time, memory and what it may say. */
export function runProgram({ program, args, onOutput }: ProgramCommand): ProgramRun {
  const limits = [String(MOST_MEMORY_KIB), String(MOST_CPU_S)];
  const child = spawn('/bin/sh', ['-c', UNDER_LIMITS, 'sh', ...limits, program, ...args], { env: ENVIRONMENT });
  const kill = (): void => void child.kill('SIGKILL');
  const patience = setTimeout(kill, MOST_RUN_MS);
  let complaint = '';
  child.stderr.on('data', (said: Buffer) => {
    if (complaint.length < MOST_COMPLAINT) complaint += said.toString('latin1');
  });
  child.stdout.on('data', onOutput);
  // A program that ends early closes its input: its exit code says why.
  child.stdin.on('error', () => undefined);
  const over = new Promise<RunEnd>((resolve) => {
    const end = (exitCode: number | undefined): void => {
      clearTimeout(patience);
      resolve({ exitCode, complaint: complaint.slice(0, MOST_COMPLAINT) });
    };
    child.once('close', (code) => end(code ?? undefined));
    child.once('error', () => end(NOT_FOUND_EXIT));
  });
  return {
    async write(bytes) {
      if (child.stdin.destroyed || child.stdin.write(bytes)) return;
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), over]);
    },
    endInput: () => void child.stdin.end(),
    over,
    kill,
  };
}

/** What a shell exits with that cannot find or start the program. */
const NOT_FOUND_EXIT = 127;
const NOT_EXECUTABLE_EXIT = 126;

/** True when the program never ran. */
export function isMissing({ exitCode }: RunEnd): boolean {
  return exitCode === NOT_FOUND_EXIT || exitCode === NOT_EXECUTABLE_EXIT;
}
