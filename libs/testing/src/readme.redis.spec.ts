import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventually, startProcess, startRedis } from './index.ts';

const WATCHER = `
  require('node:net').connect(process.env.REDIS_PORT, '127.0.0.1')
    .on('connect', () => console.log('connected'))
    .on('error', () => {})
    .on('close', () => console.log('disconnected'));
  setInterval(() => {}, 1000);`;

async function example() {
  // README
  const redis = await startRedis({ appendOnly: true });
  const watcher = await startProcess({
    name: 'watcher',
    command: process.execPath,
    args: ['-e', WATCHER],
    env: { REDIS_PORT: String(redis.port) },
    isReady: (line) => line === 'connected',
  });
  await redis.kill(); // SIGKILL
  await eventually(() => expect(watcher.lines.at(-1)).toBe('disconnected'));
  await redis.restart(); // same port, same data
  await watcher.stop();
  await redis.stop();
  // end of README
  return watcher.lines;
}

describe('the example of the README', () => {
  it('stands there as it is run here', () => {
    const spec = readFileSync(new URL(import.meta.url), 'utf8');
    const shown = /```ts\n([^]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1];
    const run = / {2}\/\/ README\n([^]*?) {2}\/\/ end of README/.exec(spec)?.[1];
    expect(shown).toBe(run?.replaceAll(/^ {2}/gm, ''));
  });

  it('sees Redis come and go', async () => {
    expect(await example()).toEqual(['connected', 'disconnected']);
  });
});
