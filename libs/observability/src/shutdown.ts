import type { Logger } from './logs/create-logger.ts';

/** Time that closers get after a second signal. Units: milliseconds. Long enough to flush, short enough for an impatient hand. */
const HURRY_MS = 1000;

/** The parts of `process` that are used; tests bring their own. */
export interface SignalledProcess {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): void;
}

/** Runs `action` after `delayMs`; the answer cancels it. */
export type StartTimer = (delayMs: number, action: () => void) => () => void;

export interface ShutdownOptions {
  /** Time for all closers together; then the process exits 1. Must be shorter than the supervisor's own. Milliseconds. */
  readonly graceMs: number;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** Default: the real process. */
  readonly process?: SignalledProcess;
  /** Default: `setTimeout`. */
  readonly startTimer?: StartTimer;
}

/** Closes one thing. `hurry` is aborted by a second signal: leave out what is only polite. */
export type Closer = (hurry: AbortSignal) => void | Promise<void>;

export interface Shutdown {
  /** Registers what to close; the last one registered is closed first, as in a stack of constructions. */
  add(name: string, close: Closer): void;
  /** Begins as a signal would. `exitCode` is used when every closer succeeds: 0, or 1 for a process that ends by a failure. */
  begin(reason: string, exitCode?: number): Promise<void>;
  readonly isShuttingDown: boolean;
}

/**
 * Ends a process in order. SIGTERM or SIGINT runs the closers one after the other, the last registered first; a second
 * signal hurries them and leaves one second; a third exits at once. Exit code 0 when everything closed, 1 when a closer
 * failed or the time was up (the log names what was left).
 */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const exiting = options.process ?? process;
  const run: ShutdownRun = {
    log: options.log,
    exit: (code) => exiting.exit(code),
    startTimer: options.startTimer ?? startRealTimer,
    closers: [],
    hurry: new AbortController(),
    hasExited: false,
  };
  let running: Promise<void> | undefined;
  const begin = (reason: string, exitCode = 0): Promise<void> => {
    running ??= closeAll(run, { reason, exitCode, graceMs: options.graceMs });
    return running;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    exiting.on(signal, () => {
      if (running === undefined) void begin(signal);
      else hurryUp(run, signal);
    });
  }
  return {
    add: (name, close) => void run.closers.push({ name, close }),
    begin,
    get isShuttingDown() {
      return running !== undefined;
    },
  };
}

interface ShutdownRun {
  readonly log: ShutdownOptions['log'];
  readonly exit: (code: number) => void;
  readonly startTimer: StartTimer;
  /** What is still open. */
  readonly closers: { readonly name: string; readonly close: Closer }[];
  readonly hurry: AbortController;
  hasExited: boolean;
}

interface ShutdownStart {
  readonly reason: string;
  readonly exitCode: number;
  readonly graceMs: number;
}

async function closeAll(run: ShutdownRun, start: ShutdownStart): Promise<void> {
  run.log.info({ event: 'shutdown_started', reason: start.reason, grace_ms: start.graceMs }, 'shutting down');
  const cancelTimer = run.startTimer(start.graceMs, () => giveUp(run, 'the grace period is over'));
  let { exitCode } = start;
  for (let closer = run.closers.at(-1); closer !== undefined && !run.hasExited; closer = run.closers.at(-1)) {
    try {
      await closer.close(run.hurry.signal);
    } catch (error) {
      exitCode = 1;
      run.log.error({ event: 'shutdown_step_failed', step: closer.name, err: error }, 'closing failed; going on');
    }
    // Removed only now: a closer that hangs is still on the list of what was left open.
    run.closers.splice(run.closers.lastIndexOf(closer), 1);
  }
  cancelTimer();
  if (run.hasExited) return;
  run.log.info({ event: 'shutdown_finished', exit_code: exitCode }, 'everything is closed');
  exitOnce(run, exitCode);
}

function hurryUp(run: ShutdownRun, signal: string): void {
  if (run.hurry.signal.aborted) return giveUp(run, `${signal} for the third time`);
  run.log.info({ event: 'shutdown_hurried', reason: signal }, 'a second signal: hurrying');
  run.hurry.abort();
  run.startTimer(HURRY_MS, () => giveUp(run, 'not closed in time after the second signal'));
}

function giveUp(run: ShutdownRun, reason: string): void {
  if (run.hasExited) return;
  const left = run.closers.map(({ name }) => name);
  run.log.error({ event: 'shutdown_incomplete', reason, left_open: left }, 'exiting with something still open');
  exitOnce(run, 1);
}

function exitOnce(run: ShutdownRun, code: number): void {
  run.hasExited = true;
  run.exit(code);
}

function startRealTimer(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}
