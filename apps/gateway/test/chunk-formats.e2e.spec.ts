import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriberSide, type TranscriberSide } from '@verbatim/backbone';
import type { SessionId } from '@verbatim/protocol';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { postChunk, sendChunk } from './support/chunk-client.ts';
import { fixture, piecesOf } from './support/fixtures.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

const keyPrefix = uniquePrefix();
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let reader: TranscriberSide;
let replicas: TestGateway[];

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  // What was stored stays where it can be looked at.
  transcriber.stall();
  reader = await openTranscriberSide({ redisUrl: redis.url, keyPrefix, nodeId: 'reader' });
  replicas = [
    await openTestGateway({ redisUrl: redis.url, keyPrefix }),
    await openTestGateway({ redisUrl: redis.url, keyPrefix }),
  ];
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await reader.close();
  await transcriber.stop();
  await redis.stop();
});

function url(n: number): string {
  return replicas[n % replicas.length]?.url ?? '';
}

/** Sends uploads to one replica after the other and gives what is stored then. */
async function soundOf(uploads: readonly Uint8Array[], options: Record<string, string | number> = {}): Promise<Buffer> {
  let sessionId = '';
  for (const [index, audio] of uploads.entries()) {
    const session = sessionId === '' ? options : { session_id: sessionId };
    const fields = { ...session, chunk_index: index, is_final_chunk: index === uploads.length - 1, wait_ms: 0 };
    sessionId = (await sendChunk(url(index), { audio, fields })).session_id;
  }
  return storedSound(sessionId as SessionId, Number(options['channels'] ?? 1));
}

/** All audio of a session, after a check that it lies on one timeline without a gap, behind it the end. */
async function storedSound(sessionId: SessionId, channels: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let cursor = '0-0';
  let sample = 0;
  for (;;) {
    const entries = (await reader.readAudio([{ sessionId, afterStreamId: cursor }])).get(sessionId) ?? [];
    for (const entry of entries) {
      cursor = entry.streamId;
      if (entry.kind === 'control') {
        expect(entry).toMatchObject({ control: 'end', atSample: sample });
        return Buffer.concat(pieces);
      }
      expect(entry.endSample - entry.pcm.length / 2 / channels).toBe(sample);
      sample = entry.endSample;
      pieces.push(entry.pcm);
    }
    if (entries.length === 0) throw new Error('the end mark is missing');
  }
}

/** Greatest difference of two sounds of one length, of 1. */
function distance(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let at = 0; at < a.length; at += 2) most = Math.max(most, Math.abs(a.readInt16LE(at) - b.readInt16LE(at)));
  return most / 32_768;
}

describe('a file in parts over two replicas', () => {
  it.each([
    ['speech.wav', 10_001, 0],
    ['speech.flac', 5001, 0],
    ['speech.ulaw.wav', 3001, 0],
    ['speech.mp3', 1500, 0.01],
    ['speech.opus.ogg', 1500, 0.01],
    ['speech.vorbis.ogg', 1500, 0.01],
    ['speech.webm', 1500, 0.01],
  ])('%s is stored as if it had come in one piece', async (name, pieceBytes, tolerance) => {
    const whole = await soundOf([fixture(name)]);
    const parts = await soundOf(piecesOf(fixture(name), pieceBytes));
    expect(whole.length).toBeGreaterThan(80_000);
    expect(distance(parts, whole)).toBeLessThanOrEqual(tolerance);
  });

  it('keeps two channels apart', async () => {
    const file = fixture('speech-stereo.wav');
    const [whole, parts] = [
      await soundOf([file], { channels: 2 }),
      await soundOf(piecesOf(file, 50_001), { channels: 2 }),
    ];
    expect(parts.equals(whole)).toBe(true);
  });
});

describe('samples in parts over two replicas', () => {
  it.each([
    [{ sample_rate: 16_000 }],
    [{ sample_rate: 44_100 }],
    [{ sample_rate: 48_000, channels: 2 }],
    [{ sample_rate: 8000, encoding: 'alaw' }],
  ])('%j are stored as if they had come in one piece', async (options) => {
    const bytes = fixture('speech.wav').subarray(44, 44 + 48_000);
    const [whole, parts] = [await soundOf([bytes], options), await soundOf(piecesOf(bytes, 7001), options)];
    expect(parts.equals(whole)).toBe(true);
  });
});

describe('a file with every chunk', () => {
  it('is stored behind the one before', async () => {
    const [wav, flac] = [fixture('speech.wav'), fixture('speech.flac')];
    const [first, second] = [await soundOf([wav]), await soundOf([flac])];
    expect((await soundOf([wav, flac, wav])).equals(Buffer.concat([first, second, first]))).toBe(true);
  });
});

it('refuses a part of a file that nobody knows how to begin', async () => {
  const audio = fixture('speech.opus.ogg').subarray(4000);
  const fields = { encoding: 'container', is_final_chunk: true, wait_ms: 0 };
  const { status, body } = await postChunk(url(0), { audio, fields });
  expect([status, body]).toMatchObject([expect.any(Number), { code: expect.stringMatching(/^audio_/) as unknown }]);
});
