import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  freePort,
  startProcess,
  startRedis,
  type PrivateRedis,
  type StartedProcess,
} from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { fixture, piecesOf } from './support/fixtures.ts';
import { connectNative, words } from './support/native-client.ts';
import { uniquePrefix } from './support/test-gateway.ts';

const folder = new URL('..', import.meta.url);
const run = promisify(execFile);

/** A build of its own: another one of this machine must not be overwritten under its feet. */
const BUNDLE = 'dist/e2e/main.js';
const CANARY = 'purple-elephants-dance-';

const DEAF_CLIENTS = 10;
/** 1 MB may wait for each, and what is read for them from Redis is garbage for a while. */
const DEAF_GROWTH_BYTES = 50 * 1024 * 1024;

/** The same load by clients that read: what any load costs a young process is not what the deaf ones cost it. */
async function warmUp(url: string): Promise<void> {
  const clients = Array.from({ length: DEAF_CLIENTS }, () => connectNative(url));
  for (const client of clients) client.frames(1, 200);
  for (const client of clients) client.json({ type: 'end' });
  await Promise.all(clients.map((client) => client.closed));
}

/** What the process holds in memory. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runToEnd(env: Record<string, string>, args: readonly string[] = []): Promise<Ended> {
  const ending = run(process.execPath, [BUNDLE, ...args], { cwd: folder, env: { ...process.env, ...env } });
  return ending.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failure: { code: number; stdout: string; stderr: string }) => failure,
  );
}

async function start(env: Record<string, string>): Promise<{ gateway: StartedProcess; url: string }> {
  let url = '';
  const gateway = await startProcess({
    name: 'gateway',
    command: process.execPath,
    args: [BUNDLE],
    cwd: folder.pathname,
    env: { HOST: '127.0.0.1', PORT: '0', ...env },
    isReady(line) {
      if (!line.includes('"event":"ready"')) return false;
      url = (JSON.parse(line) as { url: string }).url;
      return true;
    },
  });
  return { gateway, url };
}

describe('the gateway as a process', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let env: Record<string, string>;

  beforeAll(async () => {
    const bundles = ['src/main.ts', BUNDLE, 'src/decoding/decoder-worker.ts', 'dist/e2e/decoder-worker.js'];
    await run(process.execPath, ['../../tools/dev/build/bundle.mjs', ...bundles], { cwd: folder });
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix, phrase: CANARY });
    env = { REDIS_URL: redis.url, STT_KEY_PREFIX: keyPrefix, STT_DRAIN_MS: '200' };
  });

  afterAll(async () => {
    await transcriber.stop();
    await redis.stop();
  });

  it('decodes a file in the worker that lies beside its bundle, and leaves with a file half decoded', async () => {
    const { gateway, url } = await start({ ...env, STT_DECODER_WORKERS: '1' });
    const client = connectNative(url, 'encoding=container');
    await client.first('session_started');
    for (const frame of piecesOf(fixture('speech.flac'), 8000)) client.socket.send(frame);
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    const left = connectNative(url, 'encoding=container');
    await left.first('session_started');
    left.socket.send(fixture('speech.flac').subarray(0, 20_000));
    const [exit, closed] = await Promise.all([gateway.stop('SIGTERM'), left.closed]);
    expect([exit, closed.code]).toEqual([{ code: 0, signal: null }, 4200]);
  });

  it('exits 69 with one sentence and no stack when Redis is missing', async () => {
    const port = await freePort();
    const { code, stderr } = await runToEnd({ PORT: '0', REDIS_URL: `redis://user:hidden-word@127.0.0.1:${port}` });
    expect(code).toBe(69);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^gateway cannot start: Redis at 127\.0\.0\.1:\d+ cannot be reached.*REDIS_URL/);
    expect(stderr).not.toContain('hidden-word');
  });

  it('exits 71 with one sentence and no stack when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runToEnd({ ...env, HOST: '127.0.0.1', PORT: String(port) });
    other.close();
    expect(code).toBe(71);
    expect(stderr).toBe(
      `gateway cannot start: Port ${port} is taken by another process: stop that one, or set PORT to a free port (0 takes any).\n`,
    );
  });

  it('exits 78 with every problem of its configuration at once', async () => {
    const { code, stderr } = await runToEnd({
      PORT: '99999',
      STT_SHARDS: 'many',
      STT_MAX_CONNECTION: '5',
      REDIS_URL: 'mysql://x',
    });
    expect(code).toBe(78);
    for (const name of ['PORT', 'STT_SHARDS', 'did you mean STT_MAX_CONNECTIONS', 'REDIS_URL'])
      expect(stderr).toContain(name);
  });

  it('prints its configuration with secrets masked', async () => {
    const { code, stdout } = await runToEnd({ REDIS_URL: 'redis://me:hidden-word@redis:6379' }, ['--print-config']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ PORT: 8080, HOST: '0.0.0.0', REDIS_URL: 'redis://me:***@redis:6379' });
  });

  it('drains on SIGTERM: 4200, everything taken is stored, exit 0; the session goes on at another gateway', async () => {
    const [one, other] = await Promise.all([start(env), start(env)]);
    const client = connectNative(one.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 15);
    await client.first('ack');
    const [exit, closed] = await Promise.all([one.gateway.stop('SIGTERM'), client.closed]);
    expect(exit).toEqual({ code: 0, signal: null });
    expect(closed).toEqual({ code: 4200, reason: 'go_away' });
    expect(client.all('go_away')).toHaveLength(1);

    const again = connectNative(other.url, `session_id=${session_id}&resume_token=${resume_token}`);
    expect((await again.first('session_resumed')).audio_bytes).toBe(15 * 3200);
    again.frames(16, 20);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.finalsText()).toBe(words(1, 20).replaceAll('w', `${CANARY}w`));
    await other.gateway.stop();
  });

  it('is not ready from the first moment of a shutdown, and serves on for the time that a load balancer needs', async () => {
    const { gateway, url } = await start({ ...env, STT_DRAIN_DELAY_MS: '1500' });
    const early = connectNative(url);
    await early.first('session_started');
    const stopping = gateway.stop('SIGTERM');
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
    const late = connectNative(url);
    await late.first('session_started');
    late.frames(1, 3);
    late.json({ type: 'end' });
    await expect(late.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    expect(early.all('go_away')).toEqual([]);
    await expect(early.closed).resolves.toEqual({ code: 4200, reason: 'go_away' });
    await expect(stopping).resolves.toEqual({ code: 0, signal: null });
  });

  it('keeps its memory while clients never read, cuts them, and serves the others', async () => {
    const wordyPrefix = uniquePrefix();
    const phrase = 'x'.repeat(8000);
    const wordy = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix: wordyPrefix, phrase });
    const { gateway, url } = await start({ ...env, STT_KEY_PREFIX: wordyPrefix });
    const deaf = Array.from({ length: DEAF_CLIENTS }, () => connectNative(url));
    await Promise.all(deaf.map((client) => client.first('session_started')));
    await warmUp(url);
    const before = await residentBytes(gateway.pid);
    let most = before;
    for (const client of deaf) client.socket.pause();
    for (const client of deaf) client.frames(1, 500);
    await eventually(
      async () => {
        most = Math.max(most, await residentBytes(gateway.pid));
        expect(gateway.lines.filter((line) => line.includes('"code":4201'))).toHaveLength(DEAF_CLIENTS);
      },
      { timeoutMs: 40_000, everyMs: 100 },
    );
    expect(most - before).toBeLessThan(DEAF_GROWTH_BYTES);
    const client = connectNative(url);
    client.frames(1, 3);
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toMatchObject({ code: 1000 });
    for (const one of deaf) one.socket.terminate();
    await gateway.stop();
    await wordy.stop();
  }, 60_000);

  it('hurries on a second signal', async () => {
    const { gateway, url } = await start({ ...env, STT_DRAIN_MS: '20000' });
    const client = connectNative(url);
    await client.first('session_started');
    const stopping = gateway.stop('SIGTERM');
    await client.first('go_away');
    process.kill(gateway.pid, 'SIGTERM');
    await expect(stopping).resolves.toEqual({ code: 0, signal: null });
    await expect(client.closed).resolves.toMatchObject({ code: 4200 });
  });

  it('loses no session that it had acknowledged when it is killed', async () => {
    const [one, other] = await Promise.all([start(env), start(env)]);
    const client = connectNative(one.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 12);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(12 * 3200));
    await one.gateway.kill();
    const again = connectNative(other.url, `session_id=${session_id}&resume_token=${resume_token}`);
    expect((await again.first('session_resumed')).audio_bytes).toBe(12 * 3200);
    again.frames(13, 15);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.finalsText()).toBe(words(1, 15).replaceAll('w', `${CANARY}w`));
    await other.gateway.stop();
  });

  it('never writes a word of a transcript, a token or a query into its output, at any level', async () => {
    const { gateway, url } = await start({ ...env, STT_LOG_LEVEL: 'trace' });
    const client = connectNative(url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 25);
    await eventually(() => expect(client.finalsText()).toContain(CANARY));
    client.socket.terminate();
    const again = connectNative(url, `session_id=${session_id}&resume_token=${resume_token}`);
    const { resume_token: next } = await again.first('session_resumed');
    const guessed = connectNative(url, `session_id=${session_id}&resume_token=${CANARY}`);
    await guessed.closed;
    again.json(`{"type":"${CANARY}"}`);
    await again.closed;
    const wrong = connectNative(url, `language=${CANARY}`);
    await wrong.closed;
    await fetch(`${url}/nowhere?token=${CANARY}`);
    await gateway.stop();
    const output = gateway.lines.join('\n');
    expect(output).toContain(session_id);
    for (const secret of [CANARY, CANARY.trim(), resume_token, next]) expect(output).not.toContain(secret);
  });
});
