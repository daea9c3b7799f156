import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
import { readNotes } from '../run/keeper.mjs';

const FIXTURE = fileURLToPath(new URL('./household.fixture.mjs', import.meta.url));
/** The keeper gives a child that ignores SIGTERM five seconds. */
const TIDY = { timeoutMs: 10_000 };

interface Owned {
  readonly owner: ChildProcess;
  readonly folder: string;
  readonly pids: readonly number[];
}

async function startOwner(): Promise<Owned> {
  const owner = spawn(process.execPath, [FIXTURE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  return { owner, ...(JSON.parse(line) as Omit<Owned, 'owner'>) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a household', () => {
  it('leaves no process and no folder behind when it is closed', async () => {
    const { owner, folder, pids } = await startOwner();
    expect(pids.every(isAlive)).toBe(true);
    owner.stdin?.end();
    await once(owner, 'exit');
    expect(pids.some(isAlive)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves nothing behind either when its owner is killed', async () => {
    const { owner, folder, pids } = await startOwner();
    owner.kill('SIGKILL');
    await eventually(() => {
      expect(pids.some(isAlive)).toBe(false);
      expect(existsSync(folder)).toBe(false);
    }, TIDY);
  });
});

describe('readNotes', () => {
  it('names what was started and has not ended, the last first', () => {
    expect(readNotes(['dir /d', '+1', '+2', '+3', '-2'])).toEqual({ pids: [3, 1], folders: ['/d'] });
  });
});
