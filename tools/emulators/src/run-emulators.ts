import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLedgerRecognizer, createLocalRecognizer, type WindowedRecognizer } from '@verbatim/recognizers';
import type { Emulator } from './emulator.ts';
import { startGoogleEmulator } from './google/google-emulator.ts';
import { startOpenAiEmulator } from './openai/open-ai-emulator.ts';

export const USAGE = `node tools/emulators/dist/main.js [google] [openai] [--ledger | --model FOLDER] [--stream-limit SECONDS]
  google, openai   which to start; default: both
  --ledger         understand the synthetic audio of the tests instead of speech
  --model          a folder with a windowed sherpa-onnx model; default: moonshine-tiny-en, which \`npm run setup\` fetches
  --stream-limit   when Google's emulator ends a stream, in seconds; default 305
`;

export interface RunningEmulators {
  /** What a transcriber has to be told to use them: one assignment a line. */
  readonly environment: readonly string[];
  readonly stop: () => Promise<void>;
}

/** @throws Error with a sentence for whoever typed the command. */
export async function runEmulators(args: readonly string[]): Promise<RunningEmulators> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ledger: { type: 'boolean' }, model: { type: 'string' }, 'stream-limit': { type: 'string' } },
  });
  const unknown = positionals.find((name) => name !== 'google' && name !== 'openai');
  if (unknown !== undefined) throw new Error(`There is no emulator called ${unknown}: there are google and openai.`);
  const streamLimitSeconds = limitOf(values['stream-limit']);
  const recognizer = values.ledger ? createLedgerRecognizer({ kind: 'windowed' }) : await openModel(values.model);
  const wanted = new Set(positionals.length === 0 ? ['google', 'openai'] : positionals);
  const google = wanted.has('google') ? await startGoogleEmulator({ recognizer, ...streamLimitSeconds }) : null;
  const openai = wanted.has('openai') ? await startOpenAiEmulator({ recognizer }) : null;
  return {
    environment: [
      ...(google ? [`STT_GOOGLE_ENDPOINT=${google.url}`, 'STT_GOOGLE_PROJECT=emulator'] : []),
      ...(openai ? [`STT_WHISPER_BASE_URL=${openai.url}/v1`, 'STT_WHISPER_API_KEY=emulator'] : []),
      ...(values.ledger ? ['STT_VOICE_ACTIVITY=level'] : []),
    ],
    async stop() {
      const running = [google, openai].filter((emulator): emulator is Emulator => emulator !== null);
      await Promise.all(running.map((emulator) => emulator.stop()));
      await recognizer.close();
    },
  };
}

function limitOf(text: string | undefined): { streamLimitSeconds?: number } {
  if (text === undefined) return {};
  const streamLimitSeconds = Number(text);
  if (!(streamLimitSeconds > 0)) throw new Error(`--stream-limit is a number of seconds, not ${text}.`);
  return { streamLimitSeconds };
}

async function openModel(folder: string | undefined): Promise<WindowedRecognizer> {
  const recognizer = await createLocalRecognizer({ modelFolder: folder ?? cachedMoonshine() });
  if (!('decode' in recognizer)) throw new Error('The emulators need a windowed model: this one is a streaming one.');
  return recognizer;
}

function cachedMoonshine(): string {
  const { VERBATIM_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const cache = VERBATIM_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
  return join(cache, 'models', 'moonshine-tiny-en');
}
