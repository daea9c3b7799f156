import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { askRedis, eventually, freePort, startRedis, type PrivateRedis } from '@verbatim/testing';
import { buildJobs, startJobs, type JobsProcess } from './support/jobs-process.ts';

/** Of a Redis that is back to a finished round: a reconnect of at most 2 s, a look, and what a loaded machine adds. */
const GOES_ON_WITHIN_MS = 8000;

let redis: PrivateRedis;
let processes: JobsProcess[] = [];

beforeAll(() => buildJobs(), 60_000);
afterEach(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  processes = [];
  await redis.stop();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<JobsProcess> {
  const started = await startJobs({ REDIS_URL: redis.url, ...env });
  processes.push(started);
  return started;
}

/** The id of the newest finished round; it changes with every round. */
async function newestRound(): Promise<string> {
  const [newest] = (await askRedis(redis.port, 'ZREVRANGE', '{stt:jobs}:reap:completed', '0', '0')) as string[];
  if (newest === undefined) throw new Error('no round is finished yet');
  return newest;
}

async function untilNextRound(timeoutMs = GOES_ON_WITHIN_MS): Promise<void> {
  const before = await newestRound().catch(() => undefined);
  await eventually(async () => expect(await newestRound()).not.toBe(before), { timeoutMs });
}

/** Lines that nobody should have to read after an outage that healed. */
function complaints({ lines }: JobsProcess): string[] {
  return lines.filter((line) => /"level":"(error|fatal)"/.test(line) || !line.startsWith('{'));
}

describe('a jobs process', () => {
  it('answers its probes, and ends with 0 when it is asked to', async () => {
    redis = await startRedis();
    const jobs = await start();
    await untilNextRound();
    for (const path of ['/livez', '/readyz', '/startupz'] as const)
      expect(await jobs.probe(path)).toMatchObject({ status: 200 });
    expect(await jobs.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(complaints(jobs)).toEqual([]);
  });

  it.each([
    ['with its data', true],
    ['without its data', false],
  ])('goes on when Redis is killed and comes back %s', async (_how, appendOnly) => {
    redis = await startRedis({ appendOnly });
    const jobs = await start();
    await untilNextRound();
    await redis.kill();
    await eventually(() => expect(jobs.events('redis_disconnected').length).toBeGreaterThan(0));
    expect(await jobs.probe('/livez')).toMatchObject({ status: 200 });
    await redis.restart();
    await untilNextRound();
    await untilNextRound();
    expect(jobs.events('scheduler_gone').length).toBe(appendOnly ? 0 : 1);
    expect(complaints(jobs)).toEqual([]);
  });

  it('goes on by itself when the queue is emptied under it', async () => {
    redis = await startRedis();
    const jobs = await start();
    await untilNextRound();
    await askRedis(redis.port, 'FLUSHALL');
    await untilNextRound();
    expect(complaints(jobs)).toEqual([]);
  });

  it('makes its worker anew when no round is finished, and is unhealthy when that does not help', async () => {
    redis = await startRedis();
    const jobs = await start({ STT_JOBS_STUCK_MS: '1000' });
    await untilNextRound();
    // A paused queue is a wedged one: the worker runs, Redis answers, nothing is done.
    await askRedis(redis.port, 'HSET', '{stt:jobs}:reap:meta', 'paused', '1');
    await eventually(() => expect(jobs.events('queue_stuck').length).toBeGreaterThan(0), { timeoutMs: 10_000 });
    await eventually(async () => expect(await jobs.probe('/livez')).toMatchObject({ status: 503 }), {
      timeoutMs: 10_000,
    });
    await askRedis(redis.port, 'HDEL', '{stt:jobs}:reap:meta', 'paused');
    await untilNextRound();
    await eventually(async () => expect(await jobs.probe('/livez')).toMatchObject({ status: 200 }));
    expect(complaints(jobs)).toEqual([]);
  }, 40_000);

  it('ends with 0 while Redis is away', async () => {
    redis = await startRedis();
    const jobs = await start();
    await untilNextRound();
    await redis.kill();
    expect((await jobs.stop('SIGTERM')).code).toBe(0);
  });

  it('does not wait longer for a Redis that is frozen when it is asked a second time', async () => {
    redis = await startRedis();
    const jobs = await start();
    await untilNextRound();
    process.kill(redis.pid, 'SIGSTOP');
    const startedMs = performance.now();
    process.kill(jobs.pid, 'SIGTERM');
    process.kill(jobs.pid, 'SIGTERM');
    await jobs.exited;
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });

  it('says in one sentence that Redis is not there, and exits 69', async () => {
    redis = await startRedis();
    const port = await freePort();
    const refusal = await startJobs({ REDIS_URL: `redis://127.0.0.1:${port}` }).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain(`jobs cannot start: Redis at 127.0.0.1:${port} cannot be reached`);
    expect(refusal).toMatch(/\b69\b/);
    expect(refusal).not.toMatch(/^\s+at /m);
  });

  it('says in one sentence that its port is taken, and exits 71', async () => {
    redis = await startRedis();
    const refusal = await startJobs({ REDIS_URL: redis.url, STT_JOBS_PORT: String(redis.port) }).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain(`jobs cannot start: Port ${redis.port} of 127.0.0.1 cannot be had`);
    expect(refusal).toMatch(/\b71\b/);
  });
});
