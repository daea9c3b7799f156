import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRandom, startRedis, type PrivateRedis } from '@verbatim/testing';
import { frames, postChunk, sendChunk } from './support/chunk-client.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { piecesOf } from './support/fixtures.ts';
import { malformedAudio } from './support/malformed-audio.ts';
import { connectNative } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

/** Enough for every run of the tests; a campaign asks for thousands, and for other seeds. */
const RUNS = Number(process.env['VERBATIM_MALFORMED_RUNS'] ?? 150);
const SEED = Number(process.env['VERBATIM_MALFORMED_SEED'] ?? 1);

const SIDE_BY_SIDE = 4;

/** Long after the 2 s that an answer may take on a quiet machine: who has none by now is taken to hang. Units: milliseconds. */
const HANGS_AFTER_MS = 20_000;
const MOST_MS_A_RUN = 500;
const STARTS_WITHIN_MS = 30_000;

/** What a damaged file may come to: it is decoded as well as it goes, or refused by a row of the error table that names it. */
const OUTCOMES =
  /^(upload|parts) (200|400 bad_request|413 audio_too_long|415 audio_unsupported|422 audio_undecodable)$|^socket (1000 done|4009 audio_(unsupported|undecodable|too_long))$/;

const keyPrefix = uniquePrefix();
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let gateway: TestGateway;

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix });
});

afterAll(async () => {
  await gateway.close();
  await transcriber.stop();
  await redis.stop();
});

interface Result {
  readonly story: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** Most uploads name no encoding, some the right one, a few another. */
const ENCODINGS = [{}, {}, { encoding: 'container' }, { encoding: 'opus' }, { encoding: 'mulaw' }];

/** What was refused may be gone on with for minutes, and holds a place in the fleet meanwhile. */
async function forget(sessionId: string | null | undefined): Promise<void> {
  if (sessionId) await fetch(`${gateway.url}/stt/sessions/${sessionId}`, { method: 'DELETE' });
}

/** One chunk, or several that each replica would take. */
async function upload(bytes: Uint8Array, seed: number, parts: number): Promise<string> {
  const options = ENCODINGS[seed % ENCODINGS.length] ?? {};
  const pieces = bytes.length === 0 ? [bytes] : piecesOf(bytes, Math.ceil(bytes.length / parts));
  let session = {};
  for (const [index, audio] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const fields = { ...options, ...session, chunk_index: index, is_final_chunk: isLast, wait_ms: 0 };
    const { status, headers, body } = await postChunk(gateway.url, { audio, fields });
    if (status !== 200) {
      await forget(headers.get('x-session-id'));
      return `${status} ${(body as { code: string }).code}`;
    }
    session = { session_id: (body as { session_id: string }).session_id };
  }
  return '200';
}

async function stream(bytes: Uint8Array, random = createRandom(bytes.length)): Promise<string> {
  const client = connectNative(gateway.url, 'encoding=container');
  for (const piece of piecesOf(bytes, random.integer(500, 60_000)))
    client.json({ type: 'audio', data: Buffer.from(piece).toString('base64') });
  client.json({ type: 'end' });
  const { code, reason } = await client.closed;
  if (code !== 1000) await forget(client.all('session_started')[0]?.session_id);
  return `${code} ${reason}`;
}

async function play(seed: number): Promise<Result> {
  const { story, bytes } = malformedAudio(seed);
  const ways = [
    ['upload', () => upload(bytes, seed, 1)],
    ['parts', () => upload(bytes, seed, 3)],
    ['socket', () => stream(bytes)],
  ] as const;
  const [way, run] = ways[seed % ways.length] ?? ways[0];
  const startMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), HANGS_AFTER_MS);
  });
  const outcome = await Promise.race([run(), hanging]);
  clearTimeout(timer);
  return { story, outcome: `${way} ${outcome}`, tookMs: Math.round(performance.now() - startMs) };
}

async function playAll(): Promise<readonly Result[]> {
  const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index).values();
  const results: Result[] = [];
  const player = async () => {
    for (const seed of seeds) results.push(await play(seed));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, player));
  return results;
}

const whole = `answers each of ${RUNS} malformed files with a code of the table, and serves on`;
const campaign = async () => {
  const results = await playAll();
  const counts: Record<string, number> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const slowest = [...results].sort((a, b) => b.tookMs - a.tookMs).slice(0, 3);
  process.stdout.write(`malformed: ${JSON.stringify({ runs: RUNS, seed: SEED, counts, slowest })}\n`);
  expect(results.filter(({ outcome }) => !OUTCOMES.test(outcome))).toEqual([]);
  expect(gateway.logLines.filter((line) => line.includes('"event":"defect"'))).toEqual([]);
  const audio = frames(1, 3);
  expect(await sendChunk(gateway.url, { audio, fields: { is_final_chunk: true } })).toMatchObject({ text: 'w1 w2 w3' });
};
it(whole, campaign, STARTS_WITHIN_MS + RUNS * MOST_MS_A_RUN);
