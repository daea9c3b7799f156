import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { modelError } from './model-check.ts';
import type { OfflineConfig, OnlineConfig, VadConfig } from './sherpa.ts';

/** What is to be loaded, in sherpa-onnx's terms. */
export type Trial =
  | { readonly what: 'OfflineRecognizer'; readonly config: OfflineConfig }
  | { readonly what: 'OnlineRecognizer'; readonly config: OnlineConfig }
  | { readonly what: 'Vad'; readonly config: VadConfig };

export interface TriedModel {
  readonly folder: string;
  /** How an error names it. */
  readonly shownPath: string;
}

/** A model of gigabytes on a slow disk loads in less. Units: milliseconds. */
const TRIAL_TIMEOUT_MS = 180_000;
/** An error shows the engine's own reason, but not its whole log. Units: characters. */
const REASON_CHARACTERS = 200;

const SOURCE = `
  const { programUrl, what, config } = JSON.parse(process.argv[1]);
  const sherpa = require('node:module').createRequire(programUrl)('sherpa-onnx-node');
  new sherpa[what](config, 1);
  process.exit(0);`;

/**
 * Loads a model in a process of its own before this one does. Worked failure: a Zipformer export without the expected metadata is a whole
 * ONNX file, but the engine answers it with `exit(-1)` or an uncaught C++ exception, and a transcriber would die without a word.
 * Models fetched by us have a manifest, are known to load, and are not tried.
 *
 * @throws RecognizerError with the engine's last words.
 */
export async function trialLoad(trial: Trial, { folder, shownPath }: TriedModel): Promise<void> {
  const hasManifest = await access(join(folder, 'manifest.json')).then(
    () => true,
    () => false,
  );
  if (hasManifest) return;
  const argument = JSON.stringify({ programUrl: import.meta.url, ...trial });
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, ['-e', SOURCE, argument], { timeout: TRIAL_TIMEOUT_MS }, (failure, _, said) => {
      if (failure === null) resolve();
      else reject(modelError(`The speech engine refuses the model ${shownPath} (${lastWords(said)})`, failure));
    });
  });
}

/** The reason is in the last line of a crash, and in the `Error:` line of an exception. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.find((line) => line.startsWith('Error: ')) ?? lines.at(-1) ?? 'it ended without a word';
  return reason.replace(/^(Error: |\s*what\(\):\s*)/, '').slice(0, REASON_CHARACTERS);
}
