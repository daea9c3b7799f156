import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lockFile, withSetupLock } from '../setup/setup-lock.mjs';

const ROOT = `no-such-checkout-${process.pid}`;
const options = { root: ROOT, onWait: () => {} };

afterEach(() => rmSync(lockFile(ROOT), { force: true }));

describe('withSetupLock', () => {
  it('lets one in at a time', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} out`);
    };
    await Promise.all([withSetupLock(options, work('a')), withSetupLock(options, work('b'))]);
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out']);
  });

  it('leaves no lock behind, not even after a failure', async () => {
    const failing = withSetupLock(options, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(lockFile(ROOT))).toBe(false);
  });

  it('takes the lock of a dead process over', async () => {
    const beyondAnyPid = 2 ** 22 + 1;
    writeFileSync(lockFile(ROOT), `${beyondAnyPid}\n`);
    expect(await withSetupLock(options, async () => 'in')).toBe('in');
  });

  it('says whom it waits for', async () => {
    writeFileSync(lockFile(ROOT), `${process.ppid}\n`);
    const waiting: number[] = [];
    const onWait = (pid: number) => {
      waiting.push(pid);
      rmSync(lockFile(ROOT), { force: true });
    };
    await withSetupLock({ root: ROOT, onWait }, async () => undefined);
    expect(waiting).toEqual([process.ppid]);
  });
});
