import { Command, CommanderError, Option } from 'commander';
import { SttError } from '@verbatim/protocol';
import type { TextSink } from './captions/caption-writer.ts';
import type { CliConfig } from './config.ts';
import { runDoctor } from './doctor/doctor-command.ts';
import { CommandFailure, EXIT_CODES, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { addModelsCommand } from './models/models-command.ts';
import { runStream, type StreamSurroundings } from './streaming/stream-command.ts';
import { checkedUrl, toStreamRequest, type StreamOptions } from './streaming/stream-options.ts';

/** One end of a terminal or pipe. */
export interface Output extends TextSink {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the program touches outside of itself; tests give their own. */
export interface ProgramSurroundings extends Pick<StreamSurroundings, 'standardInput' | 'now' | 'stop' | 'openStream'> {
  readonly config: CliConfig;
  readonly out: Output;
  readonly err: Output;
}

/** When to draw the line that is still forming. */
type LiveChoice = 'auto' | 'always' | 'never';

const DEFAULT_COLUMNS = 80;
const EXIT_CODE_HELP = `
Exit codes: 0 done · 1 doctor found a failure · 2 wrong command line · 65 not audio, or no model · 66 no such file or
model · 69 gateway, recogniser or model not available · 70 a defect · 73 cannot write · 75 try again later · 77 not allowed · 130 interrupted
Ctrl-C asks for the text of what was sent; a second one gives up at once.`;

/** Runs `verbatim` with its arguments (without node and script) and resolves with the exit code; never rejects for an expected failure. */
export async function runProgram(args: readonly string[], around: ProgramSurroundings): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.ok;
  const program = createProgram(around, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    if (around.stop.finish.aborted) return EXIT_CODES.interrupted;
    if (error instanceof CommandFailure || error instanceof SttError) {
      around.err.write(`verbatim: ${error.message}\n`);
      return error instanceof CommandFailure ? error.exitCode : exitCodeOf(error.code);
    }
    throw error;
  }
}

function createProgram(around: ProgramSurroundings, done: (code: ExitCode) => void): Command {
  const program = new Command('verbatim')
    .description('Live speech to text from the command line.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => around.out.write(text), writeErr: (text) => around.err.write(text) })
    .showHelpAfterError('(verbatim --help says more)')
    .addHelpText('after', EXIT_CODE_HELP);
  addStreamCommand(program, around, done);
  addDoctorCommand(program, around, done);
  addModelsCommand(program, around);
  return program;
}

function addStreamCommand(program: Command, around: ProgramSurroundings, done: (code: ExitCode) => void): void {
  program
    .command('stream')
    .description('Stream a file and show its captions as they form.')
    .argument('<file>', 'WAV, FLAC, MP3, Ogg or WebM file; - for raw audio on standard input')
    .option('-u, --url <url>', `gateway (env VERBATIM_URL; default ${around.config.gatewayUrl})`)
    .option('-l, --language <tag>', 'BCP-47, or auto (default en)')
    .option('-p, --provider <name>', 'recogniser (default: the gateway decides)')
    .option('--fast', 'send as fast as the gateway takes it, not at the pace of speech')
    .option('--json', 'print every message of the gateway as a line of JSON')
    .option('--words', 'show word times where the recogniser has them')
    .option('--no-interim', 'show final captions only')
    .option('--buffer-ms <ms>', 'cadence of interim captions')
    .option('--overlap-ms <ms>', 'overlap kept at a forced split')
    .option('--endpointing-ms <ms>', 'silence that ends an utterance')
    .addOption(new Option('--encoding <name>', 'raw audio').choices(['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw']))
    .option('--sample-rate <hz>', 'raw audio (default 16000)')
    .option('--channels <n>', 'raw audio (default 1)')
    .option('--save <file>', 'write the whole transcript to a file at the end')
    .addOption(
      new Option('--live <when>', 'draw the forming line').choices(['auto', 'always', 'never']).default('auto'),
    )
    .action(async (file: string, options: StreamOptions & { readonly live: LiveChoice }) => {
      const request = toStreamRequest(file, options, around.config.gatewayUrl);
      done(await runStream(request, { ...around, ...chooseDisplay(around, options) }));
    });
}

function addDoctorCommand(program: Command, around: ProgramSurroundings, done: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description('Check Node, Redis, models, port and gateway, and say what to do.')
    .option('-u, --url <url>', `gateway (env VERBATIM_URL; default ${around.config.gatewayUrl})`)
    .option('--json', 'print the findings as one JSON object')
    .action(async (options: { readonly url?: string; readonly json?: boolean }) => {
      const url = options.url === undefined ? undefined : checkedUrl(options.url);
      done(await runDoctor({ url, asJson: options.json ?? false }, around.config, around.out));
    });
}

/** The forming line goes to stderr where that is a terminal, so that stdout can be a file at the same time. */
function chooseDisplay(
  { out, err, config }: ProgramSurroundings,
  { live, json }: { readonly live: LiveChoice; readonly json?: boolean },
): Pick<StreamSurroundings, 'live' | 'columns' | 'isColoured'> {
  // Lines of JSON and a line redrawn in place would overwrite each other on one terminal.
  const isHidden = live === 'never' || (json === true && out.isTTY === true);
  const terminal = isHidden ? undefined : [err, out].find(({ isTTY }) => isTTY === true);
  const target = live === 'always' ? err : terminal;
  return {
    live: target,
    columns: () => target?.columns ?? config.columns ?? DEFAULT_COLUMNS,
    isColoured: config.isColoured ?? target?.isTTY === true,
  };
}
