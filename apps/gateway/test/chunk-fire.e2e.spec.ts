import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpErrorBodySchema } from '@verbatim/protocol';
import { createRandom, eventually, startProcess, startRedis } from '@verbatim/testing';
import type { PrivateRedis, SeededRandom, StartedProcess } from '@verbatim/testing';
import { sendChunk } from './support/chunk-client.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { fixture } from './support/fixtures.ts';
import { hostileForm } from './support/hostile-forms.ts';
import { connectNative, words } from './support/native-client.ts';
import { uniquePrefix } from './support/test-gateway.ts';

/** Enough for every run of the tests; a campaign asks for ten times as much. */
const SCALE = Number(process.env['VERBATIM_FIRE_SCALE'] ?? 1);
const BROKEN_UPLOADS = 50 * SCALE;
const HOSTILE_FORMS = 100 * SCALE;

const SIDE_BY_SIDE = 10;
const FROM_BYTES = 1_000_000;
const TO_BYTES = 5_000_000;
const WRITE_BYTES = 65_536;

/** The neighbour speaks as fast as anybody does. Units: milliseconds. */
const FRAME_MS = 100;
const FRAME_BYTES = 3200;

const STARTS_WITHIN_MS = 40_000;
const MOST_MS_A_ROUND = 60_000;

/** As many sessions as are left by forms that were taken. */
const CAPACITY = 10_000;

const folder = new URL('..', import.meta.url);

/** A build of its own: another one of this machine must not be overwritten under its feet. */
const BUNDLES = ['src/main.ts', 'dist/fire/main.js', 'src/decoding/decoder-worker.ts', 'dist/fire/decoder-worker.js'];

const keyPrefix = uniquePrefix();
/** Nobody else writes there. */
const temporary = mkdtempSync(join(tmpdir(), 'fire-'));
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let gateway: StartedProcess;
let url = '';

beforeAll(async () => {
  const bundle = [new URL('../../tools/dev/build/bundle.mjs', folder).pathname, ...BUNDLES];
  await promisify(execFile)(process.execPath, bundle, { cwd: folder });
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix, capacity: CAPACITY });
  gateway = await startProcess({
    ...{ name: 'gateway', command: process.execPath, args: ['dist/fire/main.js'], cwd: folder.pathname },
    env: { HOST: '127.0.0.1', PORT: '0', REDIS_URL: redis.url, STT_KEY_PREFIX: keyPrefix, TMPDIR: temporary },
    isReady(line) {
      if (!line.includes('"event":"ready"')) return false;
      url = (JSON.parse(line) as { url: string }).url;
      return true;
    },
  });
}, STARTS_WITHIN_MS);

afterAll(async () => {
  await gateway.stop();
  await transcriber.stop();
  await redis.stop();
  rmSync(temporary, { recursive: true });
});

interface Holding {
  readonly fds: number;
  readonly residentMb: number;
}

/** What the process holds, where the system shows it. */
function holding(): Holding {
  const proc = `/proc/${gateway.pid}`;
  if (!existsSync(proc)) return { fds: 0, residentMb: 0 };
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${proc}/status`, 'utf8')) ?? [];
  return { fds: readdirSync(`${proc}/fd`).length, residentMb: Math.round(Number(kilobytes) / 1024) };
}

/** Announces megabytes, or says nothing of their number, sends a part of them, and is gone. */
async function breakOff(random: SeededRandom): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const bytes = random.integer(FROM_BYTES, TO_BYTES);
  const isChunked = random.next() < 0.2;
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${bytes}`;
  const type = 'content-type: multipart/form-data; boundary=x';
  const head = `POST /stt/stream-chunk HTTP/1.1\r\nhost: x\r\n${type}\r\n${length}\r\n\r\n`;
  const begun = '--x\r\ncontent-disposition: form-data; name="audio_chunk"; filename="a"\r\n\r\n';
  const frame = (data: string) => (isChunked ? `${data.length.toString(16)}\r\n${data}\r\n` : data);
  const write = (data: string) => new Promise<void>((resolve) => socket.write(data, () => resolve()));
  await write(head + frame(begun));
  for (let left = random.integer(0, bytes - 1000); left > 0; left -= WRITE_BYTES)
    await write(frame('x'.repeat(Math.min(left, WRITE_BYTES))));
  socket.destroy();
}

async function postForm(seed: number): Promise<string> {
  const { contentType, body } = hostileForm(seed);
  const response = await fetch(`${url}/stt/stream-chunk`, {
    // A connection of its own: what is left open later is nobody's but the gateway's.
    ...{ method: 'POST', headers: { 'content-type': contentType, connection: 'close' }, body: new Uint8Array(body) },
  });
  const answer = await response.json();
  if (response.status === 200) return '200';
  return `${response.status} ${httpErrorBodySchema.parse(answer).code}`;
}

/** Does so many things, a few at a time. */
async function inParallel(count: number, work: (n: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n).values();
  const player = async () => {
    for (const n of numbers) await work(n);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, player));
}

/** A client that speaks until it is told to stop: then its words must all be there, and it says how long its frames waited to be stored. */
async function speakBeside<Result>(work: () => Promise<Result>): Promise<{ result: Result; waitedMs: number[] }> {
  const client = connectNative(url);
  await client.first('session_started');
  const sentAtMs: number[] = [];
  const waitedMs: number[] = [];
  client.socket.on('message', () => {
    const stored = (client.all('ack').at(-1)?.audio_bytes ?? 0) / FRAME_BYTES;
    while (waitedMs.length < stored) waitedMs.push(performance.now() - (sentAtMs[waitedMs.length] ?? 0));
  });
  let isWorking = true;
  const speaking = (async () => {
    while (isWorking) {
      sentAtMs.push(performance.now());
      client.frame(sentAtMs.length);
      await sleep(FRAME_MS);
    }
  })();
  const result = await work().finally(() => (isWorking = false));
  await speaking;
  client.json({ type: 'end' });
  expect(await client.closed).toEqual({ code: 1000, reason: 'done' });
  expect(client.finalsText()).toBe(words(1, sentAtMs.length));
  return { result, waitedMs };
}

async function report(name: string, before: Holding, waitedMs: readonly number[]): Promise<void> {
  // Sockets that were destroyed are closed at the other end a moment later.
  await eventually(() => expect(holding().fds).toBeLessThanOrEqual(before.fds + 2), { timeoutMs: 20_000 });
  const sorted = [...waitedMs].sort((a, b) => a - b);
  const ackMs = [0.5, 0.99, 1].map((share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0));
  process.stdout.write(`fire: ${JSON.stringify({ name, before, after: holding(), ackMs })}\n`);
  expect(readdirSync(temporary)).toEqual([]);
  expect(gateway.lines.filter((line) => line.includes('"event":"defect"'))).toEqual([]);
}

describe('a gateway under fire', () => {
  it(
    'holds nothing of uploads that broke off, and its neighbour is served',
    async () => {
      const calm = await speakBeside(() => sleep(20 * FRAME_MS));
      const before = holding();
      await report('calm', before, calm.waitedMs);
      const { waitedMs } = await speakBeside(() =>
        inParallel(BROKEN_UPLOADS, (n) => breakOff(createRandom(n))).then(() => sleep(FRAME_MS)),
      );
      await report(`${BROKEN_UPLOADS} broken uploads`, before, waitedMs);
    },
    MOST_MS_A_ROUND * SCALE,
  );

  it(
    'refuses every hostile form with a code of the table, and its neighbour is served',
    async () => {
      // By now every decoder's thread has been started.
      await inParallel(SIDE_BY_SIDE, async () => void (await sendChunk(url, { audio: fixture('speech.flac') })));
      const before = holding();
      const counts: Record<string, number> = {};
      const { waitedMs } = await speakBeside(() =>
        inParallel(HOSTILE_FORMS, async (n) => {
          const outcome = await postForm(n);
          counts[outcome] = (counts[outcome] ?? 0) + 1;
        }),
      );
      await report(`${HOSTILE_FORMS} forms: ${JSON.stringify(counts)}`, before, waitedMs);
      const refused = Object.keys(counts).filter((outcome) => !/^(200$|4\d\d )/.test(outcome));
      expect(refused).toEqual([]);
    },
    MOST_MS_A_ROUND * SCALE,
  );
});
