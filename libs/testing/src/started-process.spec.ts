import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { startProcess } from './started-process.ts';

const STAY = 'setInterval(() => {}, 1000);';

function node(script: string, isReady = (line: string) => line === 'ready') {
  return { name: 'child', command: process.execPath, args: ['-e', script], isReady };
}

describe('startProcess', () => {
  it('resolves at the line that says ready, on stdout or stderr, and keeps every line', async () => {
    const child = await startProcess(node(`console.log('one'); console.error('ready'); ${STAY}`));
    await eventually(() => expect([...child.lines].sort()).toEqual(['one', 'ready']));
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('passes the environment on with changes', async () => {
    const script = `console.log(process.env.COLOUR, process.env.HOME); console.log('ready'); ${STAY}`;
    const child = await startProcess({ ...node(script), env: { COLOUR: 'green', HOME: undefined } });
    expect(child.lines).toEqual(['green undefined', 'ready']);
    await child.kill();
  });

  it('reports how the process ended by itself', async () => {
    const child = await startProcess(node(`console.log('ready'); setTimeout(() => process.exit(3), 10);`));
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(await child.stop()).toEqual({ code: 3, signal: null });
  });

  it('stands still while it is paused, and can be stopped all the same', async () => {
    const child = await startProcess(node(`console.log('ready'); setInterval(() => console.log('tick'), 5);`));
    child.pause();
    const stillCount = await eventually(() => {
      const before = child.lines.length;
      return new Promise<number>((resolve, reject) =>
        setTimeout(() => (child.lines.length === before ? resolve(before) : reject(new Error('it runs'))), 50),
      );
    });
    child.resume();
    await eventually(() => expect(child.lines.length).toBeGreaterThan(stillCount));
    child.pause();
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('rejects with the output when the process exits before it is ready', async () => {
    const failing = startProcess(node(`console.error('port taken'); process.exitCode = 78;`));
    await expect(failing).rejects.toThrow(
      /exited before it was ready \(code 78, signal none\); its output:\nport taken/,
    );
  });

  it('kills a process that does not get ready in time', async () => {
    const failing = startProcess({ ...node(`console.log(process.pid); ${STAY}`), readyWithinMs: 500 });
    const error = await failing.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(/not ready within 500 ms/);
    const pid = Number(/(\d+)$/.exec(error?.message ?? '')?.[1]);
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });

  it('says what is missing when there is no such program', async () => {
    const failing = startProcess({ name: 'ghost', command: '/no/such/program', isReady: () => true });
    await expect(failing).rejects.toThrow(/ghost could not be started: .*ENOENT/);
  });
});
