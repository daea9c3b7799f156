import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openGatewaySide, type GatewaySide } from '@verbatim/backbone';
import type { SessionId } from '@verbatim/protocol';
import { createRandom, eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { frames, postChunk, refusedChunk, sendChunk } from './support/chunk-client.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway, type TestGatewayOptions } from './support/test-gateway.ts';

const keyPrefix = uniquePrefix();
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let replicas: TestGateway[];
/** What a replica does in Redis before it dies. */
let dying: GatewaySide;

const FRAME_SAMPLES = 1600;

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  dying = await openGatewaySide({ redisUrl: redis.url, keyPrefix });
  replicas = [await openReplica(), await openReplica()];
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await dying.close();
  await transcriber.stop();
  await redis.stop();
});

function openReplica(options: Partial<TestGatewayOptions> = {}): Promise<TestGateway> {
  return openTestGateway({ redisUrl: redis.url, keyPrefix, ...options });
}

function replica(n: number): string {
  return replicas[n % replicas.length]?.url ?? '';
}

/** Begins a chunk that stands at `fromFrame` and stores so many of its frames; then the replica is gone. */
async function dieAfter(sessionId: string, chunk: { index: number; audio: Buffer; fromFrame: number; stored: number }) {
  const digest = createHash('sha256').update(chunk.audio).digest('base64url');
  const begun = await dying.beginChunk(sessionId as SessionId, { index: chunk.index, digest, isFirst: false });
  if (begun.kind !== 'begun') throw new Error(`it was ${begun.kind}`);
  const writer = dying.openAudioWriter({ sessionId: sessionId as SessionId }, begun.stored, {
    onStored: () => undefined,
    onPressure: () => undefined,
    onLost: () => undefined,
  });
  for (let n = 1; n <= chunk.stored; n += 1) {
    const clientBytes = (chunk.fromFrame + n) * FRAME_SAMPLES * 2;
    const pcm = new Uint8Array(chunk.audio.subarray((n - 1) * 3200, n * 3200));
    writer.append({ endSample: (chunk.fromFrame + n) * FRAME_SAMPLES, pcm, clientBytes });
  }
  await writer.drained();
  writer.close();
}

describe('a replica that dies with a chunk', () => {
  it('costs nothing, wherever it stopped: the same chunk on another replica goes on behind what is stored', async () => {
    const random = createRandom(15);
    const { session_id } = await sendChunk(replica(0), { audio: frames(1, 5), fields: { wait_ms: 0 } });
    let last = 5;
    for (let index = 1; index <= 30; index += 1) {
      const count = random.integer(1, 12);
      const chunk = { index, audio: frames(last + 1, last + count), fromFrame: last };
      await dieAfter(session_id, { ...chunk, stored: random.integer(0, count) });
      const fields = { session_id, chunk_index: index, wait_ms: 0 };
      expect((await sendChunk(replica(index), { audio: chunk.audio, fields })).chunk_index).toBe(index);
      last += count;
    }
    const answer = await sendChunk(replica(1), { fields: { session_id, is_final_chunk: true } });
    expect(answer).toMatchObject({ is_final: true, transcript: words(1, last) });
  }, 30_000);

  it('leaves its half to the same bytes only', async () => {
    const { session_id } = await sendChunk(replica(0), { audio: frames(1, 2), fields: { wait_ms: 0 } });
    await dieAfter(session_id, { index: 1, audio: frames(3, 6), fromFrame: 2, stored: 2 });
    const other = { audio: frames(7, 9), fields: { session_id, chunk_index: 1 } };
    const refusal = await refusedChunk(replica(1), other);
    expect(refusal).toMatchObject({ status: 400, code: 'bad_request' });
    expect(refusal.error).toContain('repeat it unchanged');
  });
});

describe('more audio than may wait in Redis', () => {
  it('is 503 with a time to come back; the same chunk again goes on where it stopped', async () => {
    const hasty = await openReplica({ chunkLimits: { storePatienceMs: 300 } });
    transcriber.stall();
    const audio = frames(1, 1000);
    const { status, headers, body } = await postChunk(hasty.url, { audio, fields: { is_final_chunk: true } });
    expect([status, body]).toMatchObject([503, { code: 'overloaded', retryable: true }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const session_id = headers.get('x-session-id') ?? '';
    expect((body as { error: string }).error).toContain(session_id);
    transcriber.goOn();
    const again = { audio, fields: { session_id, chunk_index: 0, is_final_chunk: true } };
    await eventually(async () => expect(await postChunk(hasty.url, again)).toMatchObject({ status: 200 }), {
      timeoutMs: 20_000,
      everyMs: 100,
    });
    const view = await fetch(`${replica(0)}/stt/sessions/${session_id}/transcript?format=text`);
    expect((await view.text()).trim().split(/\s+/)).toEqual(words(1, 1000).split(' '));
    await hasty.close();
  }, 40_000);
});

describe('a replica that has as many uploads as it can hold', () => {
  it('refuses a further one with a time to come back', async () => {
    const small = await openReplica({ chunkLimits: { mostRequests: 1 } });
    transcriber.stall();
    const waiting = sendChunk(small.url, { audio: frames(1, 3), fields: { wait_ms: 1000, is_final_chunk: true } });
    await eventually(async () => {
      const refusal = await refusedChunk(small.url, { audio: frames(1, 3), fields: { wait_ms: 0 } });
      expect(refusal).toMatchObject({ status: 503, code: 'overloaded' });
      expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
    });
    expect(await waiting).toMatchObject({ is_final: false });
    transcriber.goOn();
    await small.close();
  });
});

describe('a replica that shuts down', () => {
  it('answers the uploads that wait for text at once, with what there is; another replica goes on', async () => {
    const leaving = await openReplica();
    const { session_id } = await sendChunk(leaving.url, { audio: frames(1, 3), fields: { wait_ms: 0 } });
    transcriber.stall();
    const fields = { session_id, chunk_index: 1, wait_ms: 10_000 };
    const waiting = sendChunk(leaving.url, { audio: frames(4, 6), fields });
    await eventually(async () =>
      expect(await dying.beginChunk(session_id as SessionId, NEXT)).toMatchObject({ index: 2 }),
    );
    await leaving.close();
    expect(await waiting).toMatchObject({ chunk_index: 1, is_final: false });
    transcriber.goOn();
    const answer = await sendChunk(replica(0), { fields: { session_id, is_final_chunk: true } });
    expect(answer.transcript).toBe(words(1, 6));
  });
});

const NEXT = { index: undefined, digest: 'nothing', isFirst: false };
