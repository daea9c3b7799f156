import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import { eventually } from './eventually.ts';

const WATCHDOG = readFileSync(fileURLToPath(new URL('./watchdog.ts', import.meta.url)), 'utf8');

/** A stand-in for a test run: a node that starts a child which ignores SIGTERM, and puts it under the watchdog. */
function startParent(folder: string) {
  const { code } = transformSync(WATCHDOG, { loader: 'ts', format: 'esm' });
  const script = `${code}
    const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], { stdio: 'ignore' });
    watchOver(child.pid, ${JSON.stringify(folder)});
    process.stdout.write(String(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const childPid = new Promise<number>((resolve) => {
    parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())));
  });
  return { parent, childPid };
}

describe('watchOver', () => {
  it('kills the child and deletes its folder when the parent gets SIGKILL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verbatim-watchdog-'));
    const { parent, childPid } = startParent(folder);
    const pid = await childPid;
    expect(process.kill(pid, 0)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
    await eventually(() => expect(existsSync(folder)).toBe(false));
  });
});
