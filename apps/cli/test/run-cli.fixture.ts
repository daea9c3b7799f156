import { openTranscriptionStream } from '@verbatim/client';
import { readConfig } from '../src/config.ts';
import type { ExitCode } from '../src/exit-codes.ts';
import { runProgram } from '../src/program.ts';
import { createStopWish } from '../src/streaming/stop-wish.ts';

export interface CliRun {
  readonly exitCode: Promise<ExitCode>;
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Ctrl-C. */
  readonly interrupt: () => void;
}

/** Runs `verbatim` in this process, with an environment and a standard input of its own and no terminal. */
export function runCli(
  args: readonly string[],
  { environment = {}, input = [] }: { environment?: NodeJS.ProcessEnv; input?: readonly Uint8Array[] } = {},
): CliRun {
  const written = { out: '', err: '' };
  const stop = createStopWish();
  const exitCode = runProgram(args, {
    config: readConfig(environment),
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
    async *standardInput() {
      yield* input;
    },
    now: () => performance.now(),
    stop,
    openStream: openTranscriptionStream,
  });
  return { exitCode, out: () => written.out, err: () => written.err, interrupt: stop.signalled };
}
