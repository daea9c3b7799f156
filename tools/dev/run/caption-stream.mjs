import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../places.mjs';
import { createLiveRelay } from '../screen.mjs';
import { PRODUCT } from '../setup/run-setup.mjs';

/** Spoken by a machine, so that it is ours to give; see README.md beside it. */
export const BUNDLED_SAMPLE = join('apps', 'cli', 'samples', 'still-speaking.flac');

/**
 * Streams one file through the WebSocket by running the product's own CLI, its captions drawn on our screen.
 * @param {ReturnType<import('./household.mjs').openHousehold>} household
 * @param {{ file: string, port: number, host: string, env: NodeJS.ProcessEnv, screen: ReturnType<import('../screen.mjs').createScreen> }} options
 * @returns {Promise<{ code: number, transcript: string }>}
 */
export async function streamCaptions(household, { file, port, host, env, screen }) {
  const saved = join(household.folder, 'transcript.txt');
  const relays = { stdout: createLiveRelay(screen), stderr: createLiveRelay(screen) };
  const live = screen.isTerminal ? ['--live', 'always'] : [];
  const colour = screen.isTerminal && !env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  const child = household.start({
    command: process.execPath,
    args: [
      '--enable-source-maps',
      join(ROOT, PRODUCT.cli),
      'stream',
      file,
      '--url',
      `ws://${host}:${port}`,
      '--save',
      saved,
      ...live,
    ],
    env: { ...env, ...colour, COLUMNS: String(screen.columns) },
    onChunk: (chunk, from) => relays[from](chunk),
  });
  const { code } = await child.exited;
  screen.live('');
  return { code: code ?? 1, transcript: code === 0 ? readFileSync(saved, 'utf8').trim() : '' };
}
