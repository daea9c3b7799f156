import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readAudioFile } from '@verbatim/audio';
import { createLocalRecognizer, ledgerAudio, ledgerWords, type WindowedRecognizer } from '@verbatim/recognizers';

const FIXTURES = new URL('../../../libs/recognizers/test/fixtures/', import.meta.url);

/** The sentences of the fixtures. */
export const SENTENCES = {
  boat: 'My brother found a small blue boat on the river bank.',
  report: 'Please send the second report to the office before Friday.',
  weather: 'The weather will be cold and dry until the end of the week.',
} as const;

/** A fixture as 16 kHz mono, −1…1. */
export async function spoken(name: keyof typeof SENTENCES): Promise<Float32Array> {
  const { samples } = await readAudioFile(await readFile(new URL(`${name}.flac`, FIXTURES)));
  return Float32Array.from(samples[0] ?? []);
}

/** A fixture as its file. */
export function spokenFile(name: keyof typeof SENTENCES): Promise<Uint8Array> {
  return readFile(new URL(`${name}.flac`, FIXTURES));
}

/** Frames `from` and on of the ledger, and the words they hold. */
export function ledger(from: number, frames: number): { readonly speech: Float32Array; readonly text: string } {
  return {
    speech: Float32Array.from(ledgerAudio({ from, frames }), (sample) => sample / 32_768),
    text: ledgerWords(from, frames).join(' '),
  };
}

/** The embedded recogniser, to understand real words behind an emulator; `npm test` at the root fetches its model first. */
export async function openMoonshine(): Promise<WindowedRecognizer> {
  const { VERBATIM_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const cache = VERBATIM_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
  const recognizer = await createLocalRecognizer({ modelFolder: join(cache, 'models', 'moonshine-tiny-en') });
  if (!('decode' in recognizer)) throw new Error('Moonshine is windowed.');
  return recognizer;
}
