import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startRedis } from './private-redis.ts';

function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}

async function folderOf(port: number): Promise<string> {
  const answer = await ask(port, 'CONFIG GET dir');
  return answer.split('\r\n')[4] ?? '';
}

describe('startRedis', () => {
  it('answers, has its own folder, and leaves nothing behind', async () => {
    const redis = await startRedis();
    expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
    expect(await ask(redis.port, 'PING')).toBe('+PONG\r\n');
    const folder = await folderOf(redis.port);
    expect(existsSync(folder)).toBe(true);
    await redis.stop();
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(redis.pid, 0)).toThrow('ESRCH');
    await redis.stop();
  });

  it('starts with the small stream nodes of the design and with further arguments', async () => {
    const redis = await startRedis({ args: ['--maxmemory', '8mb'] });
    expect(await ask(redis.port, 'CONFIG GET stream-node-max-bytes')).toContain('\r\n16384\r\n');
    expect(await ask(redis.port, 'CONFIG GET maxmemory')).toContain('\r\n8388608\r\n');
    await redis.stop();
  });

  it('keeps its data over a SIGKILL when it is append-only, at the same address', async () => {
    const redis = await startRedis({ appendOnly: true });
    const firstPid = redis.pid;
    await ask(redis.port, 'SET kept yes');
    await redis.kill();
    await expect(ask(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED');
    await redis.restart();
    expect(await ask(redis.port, 'GET kept')).toBe('$3\r\nyes\r\n');
    expect(redis.pid).not.toBe(firstPid);
    await redis.stop();
  });

  it('forgets its data over a restart otherwise', async () => {
    const redis = await startRedis();
    await ask(redis.port, 'SET kept yes');
    await redis.restart();
    expect(await ask(redis.port, 'GET kept')).toBe('$-1\r\n');
    await redis.stop();
  });

  it('says what Redis said when it does not start', async () => {
    await expect(startRedis({ args: ['--no-such-option', '1'] })).rejects.toThrow(/did not start[^]*no-such-option/);
  });

  it('starts several side by side', async () => {
    const all = await Promise.all([startRedis(), startRedis(), startRedis()]);
    expect(new Set(all.map(({ port }) => port)).size).toBe(3);
    await Promise.all(all.map((redis) => redis.stop()));
  });

  it('says what to install when there is no Redis server', async () => {
    const before = process.env['VERBATIM_REDIS_SERVER'];
    process.env['VERBATIM_REDIS_SERVER'] = '/no/such/redis-server';
    try {
      await expect(startRedis()).rejects.toThrow(/No redis-server could be started .*install Redis/);
    } finally {
      if (before === undefined) delete process.env['VERBATIM_REDIS_SERVER'];
      else process.env['VERBATIM_REDIS_SERVER'] = before;
    }
  });
});
