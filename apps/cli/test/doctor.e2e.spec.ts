import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort, startRedis, type PrivateRedis } from '@verbatim/testing';
import type { Finding } from '../src/doctor/finding.ts';
import { runCli } from './run-cli.fixture.ts';

const cache = mkdtempSync(join(tmpdir(), 'verbatim-test-'));
const model = join(cache, 'models', 'moonshine-tiny-en');
let redis: PrivateRedis;
let gateway: Server;
let health = { httpStatus: 200, body: '{"status":"ok"}' };

beforeAll(async () => {
  redis = await startRedis({ appendOnly: true });
  gateway = createServer((_request, response) => response.writeHead(health.httpStatus).end(health.body));
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await redis.stop();
  gateway.close();
  rmSync(cache, { recursive: true, force: true });
});
beforeEach(() => {
  health = { httpStatus: 200, body: '{"status":"ok"}' };
  for (const name of ['moonshine-tiny-en', 'silero-vad']) writeModel(join(cache, 'models', name), name);
});

function writeModel(folder: string, name: string): void {
  const sha256 = createHash('sha256').update('weights').digest('hex');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), 'weights');
  const manifest = { name, files: [{ name: 'model.onnx', bytes: 7, sha256 }] };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

const gatewayUrl = () => `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;

async function examine(environment: NodeJS.ProcessEnv = {}, ...args: readonly string[]) {
  const run = runCli(['doctor', '--json', ...args], {
    environment: { VERBATIM_CACHE_DIR: cache, REDIS_URL: redis.url, VERBATIM_URL: gatewayUrl(), ...environment },
  });
  const exitCode = await run.exitCode;
  const { findings } = JSON.parse(run.out()) as { findings: Finding[] };
  const of = (check: string) => findings.find((finding) => finding.check === check);
  return { exitCode, findings, of };
}

describe('verbatim doctor', () => {
  it('is content where all is well', async () => {
    const { exitCode, findings } = await examine();
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('prints for people what each check found and what to do', async () => {
    const run = runCli(['doctor'], {
      environment: { VERBATIM_CACHE_DIR: join(cache, 'none'), PORT: String(await freePort()) },
    });
    expect(await run.exitCode).toBe(1);
    expect(run.out()).toMatch(/^✓ node {15}Node \d+\./);
    expect(run.out()).toMatch(/✗ speech model {7}there is no folder .*\n {21}→ Run: npm run setup\n/);
  });

  it('fails where the Redis that was named does not answer, and only warns where none was named', async () => {
    const named = await examine({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(named.of('redis')).toMatchObject({ status: 'fail', found: expect.stringContaining('ECONNREFUSED') });
    expect(named.exitCode).toBe(1);
  });

  it.each([
    ['is truncated', () => writeFileSync(join(model, 'model.onnx'), 'wei'), '3 bytes instead of 7'],
    ['has the wrong checksum', () => writeFileSync(join(model, 'model.onnx'), 'WEIGHTS'), 'wrong checksum'],
    ['lacks a file', () => rmSync(join(model, 'model.onnx')), 'is missing'],
    ['has no manifest', () => rmSync(join(model, 'manifest.json')), 'is incomplete'],
  ])('fails where the model %s', async (_what, damage, found) => {
    damage();
    const { exitCode, of } = await examine();
    expect(of('speech model')).toMatchObject({ status: 'fail', found: expect.stringContaining(found) });
    expect(exitCode).toBe(1);
  });

  it('warns about a model of the user’s own, which nobody can verify', async () => {
    rmSync(join(model, 'manifest.json'));
    expect((await examine({ STT_LOCAL_MODEL: model })).of('speech model')?.status).toBe('warn');
  });

  it('hands on what the gateway says about its health', async () => {
    health = { httpStatus: 200, body: '{"status":"degraded"}' };
    expect((await examine()).of('gateway')?.status).toBe('warn');
    health = { httpStatus: 503, body: '{"status":"unhealthy"}' };
    expect((await examine()).of('gateway')?.status).toBe('fail');
  });

  it('fails where the gateway that was named does not answer', async () => {
    const { of } = await examine({}, '--url', `ws://127.0.0.1:${await freePort()}`);
    expect(of('gateway')).toMatchObject({ status: 'fail' });
  });

  it('tells whether the port is free where no gateway was named', async () => {
    const port = await freePort();
    expect((await examine({ VERBATIM_URL: '', PORT: String(port) })).of('port')).toMatchObject({ status: 'ok' });
    expect((await examine({ VERBATIM_URL: '', PORT: String(redis.port) })).of('port')).toMatchObject({
      status: 'warn',
    });
  });
});
