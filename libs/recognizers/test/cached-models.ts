import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAudioFile } from '@verbatim/audio';

/** The folder of a fetched model; `npm test` at the root fetches them first. */
export function cachedModel(name: string): string {
  const folder = join(cacheFolder(), 'models', name);
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new Error(
      `The model ${name} is not in ${folder}: run \`npm run setup\` (or \`npm test\` at the root) to fetch it.`,
    );
  }
  return folder;
}

export function sileroModelPath(): string {
  return join(cachedModel('silero-vad'), 'silero_vad_v6.onnx');
}

function cacheFolder(): string {
  const { VERBATIM_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return VERBATIM_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
}

/** The sentences of the fixtures. */
export const SENTENCES = {
  boat: 'My brother found a small blue boat on the river bank.',
  report: 'Please send the second report to the office before Friday.',
  weather: 'The weather will be cold and dry until the end of the week.',
} as const;

/** A fixture as 16 kHz mono, −1…1. */
export async function spoken(name: keyof typeof SENTENCES): Promise<Float32Array> {
  const path = fileURLToPath(new URL(`./fixtures/${name}.flac`, import.meta.url));
  const [samples] = (await readAudioFile(await readFile(path))).samples;
  if (!samples) throw new Error(`${path} has no channel.`);
  return Float32Array.from(samples);
}
