import { describe, expect, it } from '@jest/globals';
import { createShutdown } from './shutdown.ts';

function setUp(graceMs = 5000) {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const logged: Record<string, unknown>[] = [];
  const timers: { readonly delayMs: number; fire: (() => void) | undefined }[] = [];
  const note = (fields: object | string) => void logged.push(typeof fields === 'string' ? {} : { ...fields });
  const shutdown = createShutdown({
    graceMs,
    log: { info: note, error: note },
    process: { on: (signal, listener) => listeners.set(signal, listener), exit: (code) => void exits.push(code) },
    startTimer: (delayMs, action) => {
      const timer = { delayMs, fire: action as (() => void) | undefined };
      timers.push(timer);
      return () => (timer.fire = undefined);
    },
  });
  return {
    shutdown,
    exits,
    logged,
    timers,
    signal: (name: 'SIGTERM' | 'SIGINT') => listeners.get(name)?.(),
    /** All closers here settle without timers, so a turn of the event loop is enough. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const never = () => new Promise<void>(() => undefined);

describe('createShutdown', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes in reverse order on %s, one after the other, and exits 0',
    async (signal) => {
      const { shutdown, exits, settle, ...test } = setUp();
      const order: string[] = [];
      for (const name of ['redis', 'sessions', 'http']) {
        shutdown.add(name, async () => {
          order.push(`${name} begins`);
          await Promise.resolve();
          order.push(`${name} ends`);
        });
      }
      expect(shutdown.isShuttingDown).toBe(false);
      test.signal(signal);
      expect(shutdown.isShuttingDown).toBe(true);
      await settle();
      expect(order).toEqual([
        'http begins',
        'http ends',
        'sessions begins',
        'sessions ends',
        'redis begins',
        'redis ends',
      ]);
      expect(exits).toEqual([0]);
      expect(test.timers[0]).toMatchObject({ delayMs: 5000, fire: undefined });
    },
  );

  it('goes on after a closer that fails, and exits 1', async () => {
    const { shutdown, exits, logged, signal, settle } = setUp();
    const closed: string[] = [];
    shutdown.add('redis', () => void closed.push('redis'));
    shutdown.add('http', () => Promise.reject(new Error('port stuck')));
    signal('SIGTERM');
    await settle();
    expect(closed).toEqual(['redis']);
    expect(exits).toEqual([1]);
    expect(logged).toContainEqual(expect.objectContaining({ event: 'shutdown_step_failed', step: 'http' }));
  });

  it('exits 1 when the grace period is over, naming what is still open', async () => {
    const { shutdown, exits, logged, timers, signal, settle } = setUp(3000);
    shutdown.add('redis', () => undefined);
    shutdown.add('sessions', never);
    signal('SIGTERM');
    await settle();
    expect(exits).toEqual([]);
    timers[0]?.fire?.();
    expect(exits).toEqual([1]);
    expect(logged.at(-1)).toMatchObject({ event: 'shutdown_incomplete', left_open: ['redis', 'sessions'] });
  });

  it('hurries at the second signal: the closer hears of it, and the others are still closed', async () => {
    const { shutdown, exits, timers, signal, settle } = setUp();
    const closed: string[] = [];
    shutdown.add('redis', () => void closed.push('redis'));
    shutdown.add(
      'sessions',
      (hurry) => new Promise<void>((resolve) => hurry.addEventListener('abort', () => resolve())),
    );
    signal('SIGTERM');
    await settle();
    expect(closed).toEqual([]);
    signal('SIGINT');
    await settle();
    expect(closed).toEqual(['redis']);
    expect(exits).toEqual([0]);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([5000, 1000]);
  });

  it('leaves one second after the second signal, and nothing after the third', async () => {
    const second = setUp();
    second.shutdown.add('sessions', never);
    second.signal('SIGTERM');
    second.signal('SIGTERM');
    second.timers[1]?.fire?.();
    expect(second.exits).toEqual([1]);

    const third = setUp();
    third.shutdown.add('sessions', never);
    for (let count = 0; count < 4; count += 1) third.signal('SIGINT');
    expect(third.exits).toEqual([1]);
  });

  it('begins once, also when the process asks for it itself, with the exit code it gives', async () => {
    const { shutdown, exits, logged, settle } = setUp();
    let closes = 0;
    shutdown.add('redis', () => void (closes += 1));
    await Promise.all([shutdown.begin('redis is gone for good', 1), shutdown.begin('again')]);
    await settle();
    expect(closes).toBe(1);
    expect(exits).toEqual([1]);
    expect(logged[0]).toMatchObject({ event: 'shutdown_started', reason: 'redis is gone for good' });
  });

  it('closes what was opened while it was closing', async () => {
    const { shutdown, exits, signal, settle } = setUp();
    const closed: string[] = [];
    shutdown.add('http', () => shutdown.add('late socket', () => void closed.push('late socket')));
    signal('SIGTERM');
    await settle();
    expect(closed).toEqual(['late socket']);
    expect(exits).toEqual([0]);
  });
});
