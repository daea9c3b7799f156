import { openTranscriptionStream } from '@verbatim/client';
import { readConfig } from './config.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { runProgram } from './program.ts';
import { createStopWish } from './streaming/stop-wish.ts';

const stop = createStopWish();
process.on('SIGINT', stop.signalled);
process.on('SIGTERM', stop.signalled);
// Somebody who insists does not wait for a gateway that hangs.
const FAREWELL_MS = 1_000;
stop.abandon.addEventListener('abort', () =>
  setTimeout(() => process.exit(EXIT_CODES.interrupted), FAREWELL_MS).unref(),
);
// The reader of our output went away (`| head`): nobody is left to write for.
process.stdout.on('error', () => process.exit());

process.exitCode = await runProgram(process.argv.slice(2), {
  config: readConfig(),
  out: process.stdout,
  err: process.stderr,
  standardInput: () => process.stdin,
  now: () => performance.now(),
  stop,
  openStream: openTranscriptionStream,
});
// An open standard input would keep the process alive after its stream was cut short.
if (process.argv.includes('-')) process.stdin.destroy();
